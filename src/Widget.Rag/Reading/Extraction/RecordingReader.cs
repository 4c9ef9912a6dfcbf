namespace Widget.Rag.Reading.Extraction;

/// <summary>
/// Reads audio and video: speech from subtitles or a transcription model, and images from key frames, each with its time.
/// </summary>
public sealed class RecordingReader(
    ReaderPool pool,
    ImageReader images,
    ITranscriber? transcriber = null,
    IngestionOptions? options = null,
    TimeProvider? clock = null) : IReader
{
    private const double LongestSeconds = 6 * 3600;

    // One bad frame does not fail the video. Several mean a bad video, and each may take its full time limit.
    private const int MaxFailures = 5;

    private readonly IngestionOptions _options = options ?? new IngestionOptions();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    public bool Reads(string mediaType) => MediaTypes.IsAudioOrVideo(mediaType);

    /// <exception cref="IngestionFailureException">The recording is damaged, too long, or has no readable content.</exception>
    public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("widget-recording-").FullName;
        try
        {
            // ffmpeg must seek in the file: the index of an MP4 is often at its end.
            var file = Path.Combine(folder, "recording");
            await using (var stream = File.Create(file)) await stream.WriteAsync(document.Content, ct);
            return await ReadAsync(file, folder, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<ExtractedDocument> ReadAsync(string file, string folder, CancellationToken ct)
    {
        var start = _clock.GetTimestamp();
        bool IsOver() => _clock.GetElapsedTime(start) >= _options.DocumentTime;
        var streams = await Ffmpeg.ProbeAsync(file, ct);
        if (streams.Seconds > LongestSeconds)
            throw new IngestionFailureException(
                $"This recording is longer than {LongestSeconds / 3600:0} hours. Split it into shorter recordings.");
        var (spoken, heard) = await SpokenAsync(streams, file, folder, IsOver, ct);
        if (spoken is null && streams.HasAudio)
            throw new IngestionFailureException(
                "This recording has no subtitles, and transcription is not configured (WIDGET_TRANSCRIPTION_ENDPOINT). "
                    + "Add its subtitles as a VTT or SRT file instead.");

        List<Block> blocks = [.. spoken ?? []];
        try
        {
            if (streams.HasVideo) blocks.AddRange(await SeenAsync(streams, file, folder, IsOver, ct));
        }
        catch (IngestionFailureException) when (blocks.Count > 0)
        {
            // The speech is useful even without the images.
        }

        if (blocks.Count == 0)
            throw new IngestionFailureException("This recording has no speech and no readable images.");
        return new ExtractedDocument(null, null, [.. blocks.OrderBy(block => block.Start)])
        {
            Kind = streams.HasVideo ? ContentKind.Video : ContentKind.Audio,
            Notice = heard is null
                ? null
                : $"Only the first {heard.Value.TotalMinutes:0} minutes were transcribed, "
                    + $"within {_options.DocumentTime.TotalSeconds:0} seconds. Split the recording, or add its subtitles.",
        };
    }

    // The transcript, null when there is none; and how much of the recording was transcribed, null when all of it was.
    private async Task<(IReadOnlyList<Block>? Blocks, TimeSpan? Heard)> SpokenAsync(
        RecordingStreams streams,
        string file,
        string folder,
        Func<bool> isOver,
        CancellationToken ct)
    {
        if (streams.HasSubtitles)
        {
            var subtitles = await Ffmpeg.SubtitlesAsync(file, ct);
            if (subtitles.AsSpan().IndexOf("-->"u8) >= 0)
                return ((await pool.ReadAsync(new RawDocument(subtitles, MediaTypes.WebVtt), ct)).Blocks, null);
        }

        if (!streams.HasAudio || transcriber is null) return (null, null);
        TimeSpan? heard = null;
        var segments = new List<SpokenSegment>();
        var pieces = await Ffmpeg.AudioAsync(file, folder, ct);
        for (var i = 0; i < pieces.Count; i++)
        {
            var offset = (double)i * Ffmpeg.PieceSeconds;
            if (i > 0 && isOver())
            {
                heard = TimeSpan.FromSeconds(offset);
                break;
            }

            var said = await transcriber.TranscribeAsync(await File.ReadAllBytesAsync(pieces[i], ct), ct);
            segments.AddRange(said.Select(segment => segment with { Start = segment.Start + offset, End = segment.End + offset }));
        }

        return (
            SubtitleExtractor.Join(
                segments.Select(segment => (segment.Start, segment.End, HtmlExtractor.CollapseWhiteSpace(segment.Text)))
                    .Where(segment => segment.Item3.Length > 0)),
            heard);
    }

    private async Task<IReadOnlyList<Block>> SeenAsync(
        RecordingStreams streams,
        string file,
        string folder,
        Func<bool> isOver,
        CancellationToken ct)
    {
        if (!images.CanDescribe || isOver()) return [];
        var frames = await Ffmpeg.KeyFramesAsync(file, folder, ct);
        var blocks = new List<Block>();
        var failed = 0;
        for (var i = 0; i < frames.Count && failed < MaxFailures && !isOver(); i++)
        {
            var end = i + 1 < frames.Count ? frames[i + 1].Seconds : Math.Max(frames[i].Seconds, streams.Seconds);
            try
            {
                var seen = await images.DescribeAsync(frames[i].Jpeg, MediaTypes.Jpeg, ct);
                blocks.AddRange(seen.Select(text => new Block(BlockKind.Paragraph, text) { Start = frames[i].Seconds, End = end }));
            }
            catch (IngestionFailureException)
            {
                failed++;
            }
        }

        return blocks;
    }
}
