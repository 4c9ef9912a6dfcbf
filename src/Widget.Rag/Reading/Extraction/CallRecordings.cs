namespace Widget.Rag.Reading.Extraction;

/// <summary>Finishes and transcribes recordings that browsers have made of calls.</summary>
public static class CallRecordings
{
    /// <summary>Writes a recording with its length and an index, so that players can seek.</summary>
    /// <returns>Its length in seconds.</returns>
    /// <exception cref="IngestionFailureException">The recording is damaged, or ffmpeg is not installed.</exception>
    public static async Task<double> FinishAsync(string file, string target, CancellationToken ct)
    {
        await Ffmpeg.RemuxAsync(file, target, ct);
        return (await Ffmpeg.ProbeAsync(target, ct)).Seconds;
    }

    /// <summary>Returns what is said, with its times. Empty if the recording has no sound.</summary>
    /// <exception cref="IngestionFailureException">The recording is damaged, or the model is unavailable.</exception>
    public static async Task<IReadOnlyList<SpokenSegment>> TranscribeAsync(string file, ITranscriber transcriber, CancellationToken ct)
    {
        if (!(await Ffmpeg.ProbeAsync(file, ct)).HasAudio) return [];
        var folder = Directory.CreateTempSubdirectory("widget-call-").FullName;
        try
        {
            var segments = new List<SpokenSegment>();
            var pieces = await Ffmpeg.AudioAsync(file, folder, ct);
            for (var i = 0; i < pieces.Count; i++)
            {
                var offset = (double)i * Ffmpeg.PieceSeconds;
                var said = await transcriber.TranscribeAsync(await File.ReadAllBytesAsync(pieces[i], ct), ct);
                segments.AddRange(said.Select(segment => segment with { Start = segment.Start + offset, End = segment.End + offset }));
            }

            return segments;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
