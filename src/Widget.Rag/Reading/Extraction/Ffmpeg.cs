using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Widget.Rag.Reading.Extraction;

/// <summary>The streams of a recording.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="HasAudio">Whether it has audio.</param>
/// <param name="HasVideo">Whether it has video. A cover image does not count.</param>
/// <param name="HasSubtitles">Whether it has subtitles as text.</param>
internal sealed record RecordingStreams(double Seconds, bool HasAudio, bool HasVideo, bool HasSubtitles);

/// <summary>A frame of a video.</summary>
internal sealed record KeyFrame(double Seconds, byte[] Jpeg);

/// <summary>Runs ffmpeg and ffprobe (package ffmpeg) on recordings in a temporary folder.</summary>
internal static partial class Ffmpeg
{
    /// <summary>Seconds of audio per piece. At 32 kbit/s that is 4.8 MB; transcription services accept 25 MB.</summary>
    public const int PieceSeconds = 1_200;

    private const int MaxFrames = 12;

    // A playlist could make ffmpeg open other files, so only formats of real recordings are allowed.
    private const string Formats = "mov,mp4,m4a,matroska,webm,mp3,wav,ogg,flac";

    private static readonly string[] TextSubtitles = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"];
    private static readonly ChildLimits Limits = new(TimeSpan.FromMinutes(10), 2L << 30, 16 << 20);

    /// <exception cref="IngestionFailureException">The recording is damaged, or ffprobe is not installed.</exception>
    public static async Task<RecordingStreams> ProbeAsync(string file, CancellationToken ct)
    {
        var result = await ChildProcess.RunAsync(
            "ffprobe",
            [
                "-v",
                "error",
                "-protocol_whitelist",
                "file",
                "-format_whitelist",
                Formats,
                "-show_streams",
                "-show_format",
                "-of",
                "json",
                file,
            ],
            default,
            Limits with { Time = TimeSpan.FromSeconds(30) },
            ct);
        if (result.ExitCode != 0) throw new IngestionFailureException("This recording is damaged or its format is not supported.");
        using var json = JsonDocument.Parse(result.Output);
        var streams = json.RootElement.TryGetProperty("streams", out var found) ? found.EnumerateArray().ToList() : [];
        var duration = json.RootElement.TryGetProperty("format", out var format) ? Text(format, "duration") : null;
        return new RecordingStreams(
            double.TryParse(duration, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0,
            streams.Exists(stream => Text(stream, "codec_type") == "audio"),
            streams.Exists(stream => Text(stream, "codec_type") == "video" && !IsCover(stream)),
            streams.Exists(stream => Text(stream, "codec_type") == "subtitle" && TextSubtitles.Contains(Text(stream, "codec_name"))));
    }

    /// <summary>Extracts the first subtitles as WebVTT.</summary>
    public static async Task<byte[]> SubtitlesAsync(string file, CancellationToken ct) =>
        (await RunAsync(file, ["-map", "0:s:0", "-f", "webvtt", "pipe:1"], ct)).Output;

    /// <summary>Extracts the audio as MP3, 16 kHz, mono, in pieces of <see cref="PieceSeconds"/>.</summary>
    public static async Task<IReadOnlyList<string>> AudioAsync(string file, string folder, CancellationToken ct)
    {
        await RunAsync(
            file,
            [
                "-map", "0:a:0", "-ac", "1", "-ar", "16000", "-c:a", "libmp3lame", "-b:a", "32k",
                "-f", "segment", "-segment_time", $"{PieceSeconds}", Path.Combine(folder, "piece%04d.mp3"),
            ],
            ct);
        return [.. Directory.EnumerateFiles(folder, "piece*.mp3").Order(StringComparer.Ordinal)];
    }

    /// <summary>Extracts the beginning of the audio as one MP3, 16 kHz, mono.</summary>
    public static async Task ClipAsync(string file, string target, TimeSpan longest, CancellationToken ct) =>
        await RunAsync(
            file,
            [
                "-map",
                "0:a:0",
                "-t",
                longest.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                "-ac",
                "1",
                "-ar",
                "16000",
                "-c:a",
                "libmp3lame",
                "-b:a",
                "32k",
                target,
            ],
            ct);

    /// <summary>Writes the same streams with their length and an index, which browsers leave out while they record.</summary>
    public static async Task RemuxAsync(string file, string target, CancellationToken ct) =>
        await RunAsync(file, ["-map", "0", "-c", "copy", target], ct);

    /// <summary>Extracts the first frame and frames where the scene changes, at most a dozen.</summary>
    public static async Task<IReadOnlyList<KeyFrame>> KeyFramesAsync(string file, string folder, CancellationToken ct)
    {
        var result = await RunAsync(
            file,
            [
                "-map", "0:v:0", "-vf", "select='eq(n,0)+gt(scene,0.3)',scale='min(1600,iw)':-2,showinfo", "-vsync", "vfr",
                "-frames:v", $"{MaxFrames}", "-q:v", "3", Path.Combine(folder, "frame%02d.jpg"),
            ],
            ct);
        // The showinfo filter prints each frame's time, in the order of the files.
        var times = FrameTime()
            .Matches(result.Errors)
            .Select(match => double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture));
        var files = Directory.EnumerateFiles(folder, "frame*.jpg").Order(StringComparer.Ordinal);
        return [.. files.Zip(times).Select(frame => new KeyFrame(frame.Second, File.ReadAllBytes(frame.First)))];
    }

    private static async Task<ChildResult> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            [
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-protocol_whitelist",
                "file,pipe",
                "-format_whitelist",
                Formats,
                "-i",
                file,
                .. arguments,
            ],
            default,
            Limits,
            ct);
        return result.ExitCode == 0
            ? result
            : throw new IngestionFailureException("This recording is damaged and could not be read.");
    }

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition)
            && disposition.TryGetProperty("attached_pic", out var cover)
            && cover.GetInt32() == 1;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ToString() : null;

    [GeneratedRegex(@"\bpts_time:(?<time>[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FrameTime();
}
