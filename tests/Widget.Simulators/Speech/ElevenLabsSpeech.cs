using System.Text.Json;

namespace Widget.Simulators.Speech;

/// <summary>ElevenLabs' text to speech in its four forms, its voices, models and subscription, with its errors.</summary>
internal static class ElevenLabsSpeech
{
    /// <summary>The valid key.</summary>
    private const string Key = "sim-eleven-key";

    private const string Model = "eleven_sim_v1";
    private const long Limit = 10_000;

    private static readonly Dictionary<string, (string Name, string Speaker)> Voices = new()
    {
        ["voice0000000000000Ada"] = ("Ada", "en+f2"),
        ["voice00000000000000Bo"] = ("Bo", "en+m3"),
    };

    private static readonly HashSet<string> Fields =
    [
        "text", "model_id", "language_code", "voice_settings", "pronunciation_dictionary_locators", "seed", "previous_text", "next_text",
        "previous_request_ids", "next_request_ids", "use_pvc_as_ivc", "apply_text_normalization", "apply_language_text_normalization",
    ];

    private static readonly HashSet<string> Formats =
    [
        "mp3_22050_32",
        "mp3_44100_32",
        "mp3_44100_64",
        "mp3_44100_96",
        "mp3_44100_128",
        "mp3_44100_192",
    ];

    public static void MapElevenLabsSpeech(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/elevenlabs/v1");
        api.AddEndpointFilter(async (context, next) =>
        {
            var behavior = context.HttpContext.RequestServices.GetRequiredService<SpeechBehavior>();
            try
            {
                if (context.HttpContext.Request.Headers["xi-api-key"] != Key) throw Refusal(401, "invalid_api_key", "Invalid API key");
                return await next(context);
            }
            catch (SpeechRefusal refusal)
            {
                behavior.CountRefused();
                return refusal.ToResult();
            }
        });
        api.MapPost(
            "/text-to-speech/{voice}",
            (string voice, HttpContext http, SpeechBehavior behavior, CancellationToken ct) =>
                SpeakAsync(voice, http, behavior, timed: false, whole: true, ct));
        api.MapPost(
            "/text-to-speech/{voice}/stream",
            (string voice, HttpContext http, SpeechBehavior behavior, CancellationToken ct) =>
                SpeakAsync(voice, http, behavior, timed: false, whole: false, ct));
        api.MapPost(
            "/text-to-speech/{voice}/with-timestamps",
            (string voice, HttpContext http, SpeechBehavior behavior, CancellationToken ct) =>
                SpeakAsync(voice, http, behavior, timed: true, whole: true, ct));
        api.MapPost(
            "/text-to-speech/{voice}/stream/with-timestamps",
            (string voice, HttpContext http, SpeechBehavior behavior, CancellationToken ct) =>
                SpeakAsync(voice, http, behavior, timed: true, whole: false, ct));
        api.MapGet(
            "/voices",
            () => new { voices = Voices.Select(voice => new { voice_id = voice.Key, name = voice.Value.Name, category = "premade" }) });
        api.MapGet("/models", () => new[] { new { model_id = Model, name = "Simulated", can_do_text_to_speech = true } });
        api.MapGet(
            "/user/subscription",
            (SpeechBehavior behavior) => new
            {
                tier = "creator",
                character_count = Limit - Math.Min(Limit, behavior.Quota ?? Limit),
                character_limit = Limit,
                status = "active",
            });
    }

    private static async Task<IResult> SpeakAsync(
        string voice,
        HttpContext http,
        SpeechBehavior behavior,
        bool timed,
        bool whole,
        CancellationToken ct)
    {
        var body = await SpeechRequests.ReadAsync(http.Request, message => Invalid("body", message), ct);
        foreach (var field in body.EnumerateObject())
        {
            if (!Fields.Contains(field.Name)) throw Invalid(field.Name, "Extra inputs are not permitted");
            if (field.Name is "text" or "model_id" or "previous_text" or "next_text" && field.Value.ValueKind != JsonValueKind.String)
                throw Invalid(field.Name, "Input should be a valid string");
        }

        if (!body.TryGetProperty("text", out var said)) throw Invalid("text", "Field required");
        var text = said.GetString()!;
        if (text.Length == 0) throw Refusal(400, "input_text_empty", "Input text cannot be empty.");
        if (http.Request.Query["output_format"] is [{ } format] && !Formats.Contains(format))
            throw Invalid("output_format", "Input should be a known format");
        if (!Voices.TryGetValue(voice, out var speaker))
            throw Refusal(404, "voice_not_found", $"A voice with the voice_id {voice} was not found.");
        var model = body.TryGetProperty("model_id", out var named) ? named.GetString() : null;
        if (model is not null && model != Model) throw Refusal(400, "model_not_found", $"A model with model ID {model} does not exist.");
        if (behavior.FailsNow())
            throw Refusal(
                behavior.Switches.FailStatus,
                behavior.Switches.FailStatus == 429 ? "system_busy" : "internal_error",
                "Something went wrong on our side.");
        if (!behavior.Takes(text.Length))
            throw Refusal(
                401,
                "quota_exceeded",
                $"This request exceeds your quota of {Limit}. You have {behavior.Quota} credits remaining, "
                + $"while {text.Length} credits are required for this request.");

        behavior.Requests.Enqueue(
            new SpokenRequest(
                "elevenlabs",
                text,
                model,
                voice,
                body.TryGetProperty("previous_text", out var before) ? before.GetString() : null,
                http.Request.Host.Value!));
        behavior.Begin();
        SpokenSound sound;
        try
        {
            sound = await SpokenSound.OfAsync(text, speaker.Speaker, ct);
        }
        catch
        {
            behavior.End(ct.IsCancellationRequested);
            throw;
        }

        IReadOnlyList<byte[]> pieces = whole ? [sound.Mp3] : sound.InPieces;
        if (timed) pieces = WithTimes(pieces, text, sound.Seconds, behavior.Switches);
        await SpeechRequests.SendAsync(http, behavior, timed ? "application/json" : "audio/mpeg", pieces, ct);
        return Results.Empty;
    }

    // All characters take the same time. As with the real service, the last piece of audio has none.
    private static List<byte[]> WithTimes(IReadOnlyList<byte[]> pieces, string text, double seconds, SpeechSwitches switches)
    {
        var (each, share, lines) = (
            seconds / text.Length,
            Math.Max(1, (text.Length + Math.Max(1, pieces.Count - 1) - 1) / Math.Max(1, pieces.Count - 1)),
            new List<byte[]>());
        for (var i = 0; i < pieces.Count; i++)
        {
            var range = Enumerable.Range(0, text.Length).Skip(i * share).Take(share).ToList();
            var zero = switches.RelativeTimes && range.Count > 0 ? range[0] * each : 0;
            object? alignment = range.Count == 0 ? null : new
            {
                characters = range.Select(at => switches.WrongCharacters ? "x" : text[at].ToString()),
                character_start_times_seconds = range.Select(at => Math.Round((at * each) - zero, 3)),
                character_end_times_seconds = range.Select(at => Math.Round(((at + 1) * each) - zero, 3)),
            };
            var line = new { audio_base64 = Convert.ToBase64String(pieces[i]), alignment, normalized_alignment = alignment };
            lines.Add([.. JsonSerializer.SerializeToUtf8Bytes(line), (byte)'\n']);
        }

        return lines;
    }

    private static SpeechRefusal Refusal(int status, string code, string message) =>
        new(status, new { detail = new { status = code, message } });

    private static SpeechRefusal Invalid(string field, string message) =>
        new(422, new { detail = new[] { new { type = "value_error", loc = new[] { "body", field }, msg = message } } });
}
