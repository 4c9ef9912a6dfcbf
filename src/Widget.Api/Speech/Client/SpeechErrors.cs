using System.Net;
using System.Text.Json;
using static Widget.Api.Speech.Client.SpeechJson;

namespace Widget.Api.Speech.Client;

/// <summary>
/// Parses the errors of speech servers: OpenAI's <c>{"error": {message, code, param}}</c>, and FastAPI's <c>detail</c>. ElevenLabs sends an
/// object with a status as detail, Kokoro an object with an error, and speaches a string or a list of fields.
/// </summary>
internal static class SpeechErrors
{
    private const int MaxMessageLength = 300;

    /// <summary>The exception for an error response.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, which may be anything.</param>
    /// <param name="account">The account. Its key is removed from the message.</param>
    public static SpeechException Of(HttpStatusCode status, string body, SpeechAccount account)
    {
        var (code, message) = Parse(body);
        var text = $"{code} {message}";
        var fault = ((int)status, text) switch
        {
            (_, _) when HasAny(text, "insufficient_quota", "quota_exceeded", "character_limit", "quota exceeded", "billing_hard_limit") =>
                SpeechFault.Quota,
            (402, _) => SpeechFault.Quota,
            (408 or 425 or 429 or >= 500, _) => SpeechFault.Temporary,
            (401 or 403, _) => SpeechFault.BadKey,
            (_, _) when HasAny(text, "voice") => SpeechFault.UnknownVoice,
            (_, _) when HasAny(text, "model") => SpeechFault.UnknownModel,
            _ => SpeechFault.Refused,
        };
        var host = account.Endpoint.Host;
        var quoted = Clean(message ?? code, account.Key) is { Length: > 0 } clean ? $" Its message: {clean}" : "";
        var explanation = fault switch
        {
            SpeechFault.Quota => $"The account at {host} has no quota left.{quoted}",
            SpeechFault.Temporary => $"{host} is busy or failing (status {(int)status}).{quoted}",
            SpeechFault.BadKey => $"{host} does not accept the key ({(int)status}).{quoted}",
            SpeechFault.UnknownVoice => $"{host} does not know the voice.{quoted}",
            SpeechFault.UnknownModel => $"{host} does not know the model.{quoted}",
            _ when status == HttpStatusCode.NotFound =>
                $"There is no speech API at {account.Endpoint} (404). Check the endpoint: it must be the API's base URL, such as "
                + $"https://api.openai.com/v1 or https://api.elevenlabs.io.{quoted}",
            _ => $"{host} refused the request ({(int)status}).{quoted}",
        };
        return new SpeechException(fault, explanation)
        {
            CanRepeat = (int)status >= 500,
            // ElevenLabs answers 401 then, OpenAI 403.
            LacksPermission = fault == SpeechFault.BadKey && (status == HttpStatusCode.Forbidden || HasAny(text, "missing_permissions")),
        };
    }

    private static bool HasAny(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static (string? Code, string? Message) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return (null, null);
            return Find(json.RootElement, "error") ?? Find(json.RootElement, "detail") ?? (null, Text(json.RootElement, "message"));
        }
        catch (JsonException)
        {
            // The body may be a proxy's error page.
            return (null, null);
        }
    }

    private static (string? Code, string? Message)? Find(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var found)) return null;
        return found.ValueKind switch
        {
            JsonValueKind.String => (null, found.GetString()),
            JsonValueKind.Object when Find(found, "error") is { Message: not null } nested && Text(found, "message") is null => nested,
            JsonValueKind.Object => (CodeOf(found), Text(found, "message")),
            // FastAPI lists each invalid field: {"loc": ["body", "voice"], "msg": …}.
            JsonValueKind.Array =>
                (null, string.Join("; ", found.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object).Select(Field))),
            _ => null,
        };
    }

    private static string CodeOf(JsonElement error) =>
        string.Join(
            ' ',
            new[] { "code", "status", "type", "param", "error" }.Select(field => Text(error, field)).Where(text => text is not null));

    private static string Field(JsonElement entry)
    {
        var path = entry.TryGetProperty("loc", out var loc) && loc.ValueKind == JsonValueKind.Array
            ? string.Join('.', loc.EnumerateArray().Select(part => part.ToString()))
            : "";
        return $"{path} {Text(entry, "msg")}".Trim();
    }

    // Some providers repeat the rejected key.
    private static string? Clean(string? message, string? key)
    {
        if (message is null) return null;
        if (!string.IsNullOrEmpty(key)) message = message.Replace(key, "…", StringComparison.Ordinal);
        message = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return message.Length <= MaxMessageLength ? message : $"{message[..MaxMessageLength]}…";
    }
}
