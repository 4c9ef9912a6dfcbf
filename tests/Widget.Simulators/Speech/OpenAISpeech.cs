using System.Globalization;
using System.Text.Json;

namespace Widget.Simulators.Speech;

/// <summary>OpenAI's speech and models under their own path. With FastApi, errors look like those of Kokoro and speaches.</summary>
internal static class OpenAISpeech
{
    /// <summary>The valid key.</summary>
    private const string Key = "sim-key";

    private const string Model = "sim-tts";
    private const int MaxInputLength = 4096;

    private static readonly Dictionary<string, string> Voices = new() { ["sim-ada"] = "en", ["sim-bo"] = "en+m3" };
    private static readonly HashSet<string> Fields =
    [
        "model",
        "input",
        "voice",
        "instructions",
        "response_format",
        "speed",
        "stream_format",
    ];
    private static readonly string[] Formats = ["mp3", "opus", "aac", "flac", "wav", "pcm"];

    public static void MapOpenAISpeech(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/openai/v1");
        api.AddEndpointFilter(async (context, next) =>
        {
            var behavior = context.HttpContext.RequestServices.GetRequiredService<SpeechBehavior>();
            try
            {
                Authorize(context.HttpContext.Request, behavior);
                return await next(context);
            }
            catch (SpeechRefusal refusal)
            {
                behavior.CountRefused();
                return refusal.ToResult();
            }
        });
        api.MapPost("/audio/speech", SpeakAsync);
        api.MapGet("/models", Models);
        api.MapGet("/audio/voices", (SpeechBehavior behavior) => behavior.Switches.ListsVoices
            ? Results.Json(new { voices = Voices.Keys })
            : Results.Json(
                new
                {
                    error = new
                    {
                        message = "Invalid URL (GET /v1/audio/voices)",
                        type = "invalid_request_error",
                        param = (string?)null,
                        code = (string?)null,
                    },
                },
                statusCode: 404));
    }

    private static void Authorize(HttpRequest request, SpeechBehavior behavior)
    {
        var header = request.Headers.Authorization.ToString();
        if (header == $"Bearer {Key}") return;
        throw behavior.Switches.FastApi
            ? new SpeechRefusal(403, new { detail = header.Length == 0 ? "Not authenticated" : "Invalid API key" })
            : new SpeechRefusal(
                401,
                Error(
                    $"Incorrect API key provided: {header.Replace("Bearer ", "", StringComparison.Ordinal)}. "
                    + "You can find your API key at https://platform.openai.com/account/api-keys.",
                    "invalid_request_error",
                    code: "invalid_api_key"));
    }

    private static IResult Models(SpeechBehavior behavior)
    {
        var model = new Dictionary<string, object> { ["id"] = Model, ["object"] = "model", ["created"] = 0, ["owned_by"] = "simulator" };
        if (behavior.Switches.ShutdownDate is { } date) model["shutdown_date"] = date;
        return Results.Json(new { @object = "list", data = new[] { model } });
    }

    private static async Task<IResult> SpeakAsync(HttpContext http, SpeechBehavior behavior, CancellationToken ct)
    {
        var fastApi = behavior.Switches.FastApi;
        var body = await SpeechRequests.ReadAsync(http.Request, message => new SpeechRefusal(400, Error(message)), ct);
        foreach (var field in body.EnumerateObject().Where(field => !Fields.Contains(field.Name)))
            throw new SpeechRefusal(400, Error($"Unknown parameter: '{field.Name}'.", param: field.Name, code: "unknown_parameter"));
        var (model, input, voice) = (Text(body, "model", fastApi), Text(body, "input", fastApi), Text(body, "voice", fastApi));
        if (input.Length > MaxInputLength)
            throw new SpeechRefusal(
                400,
                Error(
                    $"Invalid 'input': string too long. Expected a string with maximum length {MaxInputLength}, "
                    + $"but got a string with length {input.Length} instead.",
                    param: "input",
                    code: "string_above_max_length"));
        if (string.IsNullOrWhiteSpace(input))
            throw new SpeechRefusal(
                400,
                Error("Invalid 'input': empty string. Expected a string with minimum length 1.", param: "input", code: "empty_string"));
        if (model != Model)
            throw fastApi
                ? new SpeechRefusal(
                    400,
                    new
                    {
                        detail = new
                        {
                            error = "invalid_model",
                            message = $"Unsupported model: {model}",
                            type = "invalid_request_error",
                        },
                    })
                : new SpeechRefusal(
                    404,
                    Error($"The model `{model}` does not exist or you do not have access to it.", code: "model_not_found"));
        if (!Voices.TryGetValue(voice, out var speaker))
            throw fastApi
                ? new SpeechRefusal(
                    400,
                    new
                    {
                        detail = new
                        {
                            error = "validation_error",
                            message = $"Voice '{voice}' not found. Available voices: {string.Join(", ", Voices.Keys)}",
                            type = "invalid_request_error",
                        },
                    })
                : new SpeechRefusal(
                    400,
                    Error(
                        $"Invalid value: '{voice}'. "
                        + $"Supported values are: {string.Join(", ", Voices.Keys.Select(name => $"'{name}'"))}.",
                        param: "voice",
                        code: "invalid_value"));
        if (body.TryGetProperty("response_format", out var format) && !Formats.Contains(format.ToString()))
            throw new SpeechRefusal(400, Error($"Invalid value: '{format}'.", param: "response_format", code: "invalid_value"));
        if (format.ValueKind != JsonValueKind.Undefined && format.GetString() != "mp3")
            throw new SpeechRefusal(400, Error("This simulated service makes MP3 only.", param: "response_format"));
        if (body.TryGetProperty("speed", out var speed)
            && !(speed.ValueKind == JsonValueKind.Number && speed.GetDouble() is >= 0.25 and <= 4))
            throw new SpeechRefusal(
                400,
                Error(
                    $"Invalid 'speed': {speed.ToString().ToString(CultureInfo.InvariantCulture)}.",
                    param: "speed",
                    code: "invalid_value"));
        if (behavior.FailsNow())
            throw new SpeechRefusal(
                behavior.Switches.FailStatus,
                fastApi
                    ? new { detail = "Internal Server Error" }
                    : Error("The server had an error while processing your request. Sorry about that!", "server_error"));
        if (!behavior.Takes(input.Length))
            throw new SpeechRefusal(
                429,
                Error(
                    "You exceeded your current quota, please check your plan and billing details.",
                    "insufficient_quota",
                    code: "insufficient_quota"));

        behavior.Requests.Enqueue(new SpokenRequest("openai", input, model, voice, null, http.Request.Host.Value!));
        behavior.Begin();
        SpokenSound sound;
        try
        {
            sound = await SpokenSound.OfAsync(input, speaker, ct);
        }
        catch
        {
            behavior.End(ct.IsCancellationRequested);
            throw;
        }

        await SpeechRequests.SendAsync(http, behavior, "audio/mpeg", sound.InPieces, ct);
        return Results.Empty;
    }

    private static string Text(JsonElement body, string field, bool fastApi)
    {
        if (body.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString()!;
        throw fastApi
            ? new SpeechRefusal(
                422,
                new { detail = new[] { new { type = "missing", loc = new[] { "body", field }, msg = "Field required" } } })
            : new SpeechRefusal(400, Error($"Missing required parameter: '{field}'.", param: field, code: "missing_required_parameter"));
    }

    private static object Error(string message, string type = "invalid_request_error", string? param = null, string? code = null) =>
        new { error = new { message, type, param, code } };
}
