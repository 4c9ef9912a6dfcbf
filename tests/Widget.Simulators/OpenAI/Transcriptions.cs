using System.Globalization;
using System.Text.Json;

namespace Widget.Simulators.OpenAI;

/// <summary>OpenAI's audio transcriptions. A request is a form with a file; the response has segments with times.</summary>
internal static class Transcriptions
{
    private const long MaxFileBytes = 25L << 20;

    private static readonly HashSet<string> Fields =
    [
        "model", "language", "prompt", "response_format", "temperature", "timestamp_granularities[]", "include[]", "stream",
        "chunking_strategy",
    ];

    private static readonly string[] Formats = ["json", "text", "srt", "verbose_json", "vtt"];

    private static readonly HashSet<string> Extensions =
        new([".flac", ".mp3", ".mp4", ".mpeg", ".mpga", ".m4a", ".ogg", ".wav", ".webm"], StringComparer.OrdinalIgnoreCase);

    public static async Task<IResult> AnswerAsync(HttpContext http, OpenAIBehavior behavior, CancellationToken ct)
    {
        var request = http.Request;
        if (!request.HasFormContentType
            || request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true)
            throw OpenAIException.Invalid("Content-Type must be multipart/form-data.");
        var form = await request.ReadFormAsync(ct);
        foreach (var field in form.Keys)
            if (!Fields.Contains(field)) throw OpenAIException.Invalid($"Unrecognized request argument supplied: {field}", field);
        if (form["model"].Count != 1) throw OpenAIException.Invalid("you must provide a model parameter", "model");
        OpenAIEndpoints.CheckModel(form["model"].ToString(), "sim-transcription");
        if (form.Files is not [{ Name: "file" } file]) throw OpenAIException.Invalid("Missing required parameter: 'file'.", "file");
        if (file.Length > MaxFileBytes) throw new OpenAIException(
            413,
            "server_error",
            $"Maximum content size limit ({MaxFileBytes}) exceeded ({file.Length} bytes read)");
        var audio = new byte[Math.Min(file.Length, 4)];
        await using (var stream = file.OpenReadStream()) await stream.ReadExactlyAsync(audio, ct);
        if (!Extensions.Contains(Path.GetExtension(file.FileName)) || (Path.GetExtension(file.FileName) == ".mp3" && !IsMp3(audio)))
            throw OpenAIException.Invalid(
                "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']",
                "file");
        var format = form["response_format"].ToString() is { Length: > 0 } given ? given : "json";
        if (!Formats.Contains(format)) throw OpenAIException.Invalid($"Invalid value: '{format}'.", "response_format");
        if (form["timestamp_granularities[]"].Count > 0 && format != "verbose_json")
            throw OpenAIException.Invalid(
                "timestamp_granularities is only supported with response_format 'verbose_json'.",
                "timestamp_granularities");
        if (form["timestamp_granularities[]"].Any(granularity => granularity is not ("word" or "segment")))
            throw OpenAIException.Invalid("Invalid value for timestamp_granularities.", "timestamp_granularities");
        if (form["temperature"].ToString() is { Length: > 0 } temperature
            && !double.TryParse(temperature, CultureInfo.InvariantCulture, out _))
            throw OpenAIException.Invalid("Invalid temperature.", "temperature");

        behavior.Requests.Enqueue(
            JsonSerializer.SerializeToElement(new
            {
                file = file.FileName,
                bytes = file.Length,
                model = form["model"].ToString(),
                response_format = format,
            }));
        if (behavior.Switches.DelayMs > 0) await Task.Delay(behavior.Switches.DelayMs, ct);
        if (behavior.FailsNow())
            throw new OpenAIException(
                behavior.Switches.FailStatus,
                "server_error",
                "The server had an error while processing your request.");

        var segments = behavior.Switches.Transcript ?? [];
        var text = string.Join(' ', segments.Select(segment => segment.Text));
        if (format == "text") return Results.Text(text);
        if (format != "verbose_json") return Results.Json(new { text });
        return Results.Json(new
        {
            task = "transcribe",
            language = "english",
            duration = segments.Count > 0 ? segments[^1].End : 0,
            text,
            segments = segments.Select((segment, id) => new
            {
                id,
                seek = 0,
                start = segment.Start,
                end = segment.End,
                text = $" {segment.Text}",
                tokens = Array.Empty<int>(),
                temperature = 0.0,
                avg_logprob = -0.2,
                compression_ratio = 1.2,
                no_speech_prob = 0.01,
            }),
        });
    }

    // An MP3 file starts with an ID3 tag or with the sync word of a frame.
    private static bool IsMp3(byte[] bytes) => bytes is [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, >= 0xE0, ..];
}
