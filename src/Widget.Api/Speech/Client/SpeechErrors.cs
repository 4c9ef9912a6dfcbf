using System.Net;
using System.Text.Json;

namespace Widget.Api.Speech.Client;

/// <summary>
/// Reads the errors of speech servers: OpenAI's <c>{"error": {message, code, param}}</c>, and FastAPI's <c>detail</c> as ElevenLabs (an object with a
/// status), Kokoro (an object with an error) and speaches (a text, or a list of fields) fill it.
/// </summary>
internal static class SpeechErrors
{
    private const int LongestWords = 300;

    /// <summary>What a refusal means.</summary>
    /// <param name="status">Of the answer.</param>
    /// <param name="body">The answer, which may be anything.</param>
    /// <param name="account">Who was asked; its key is taken out of the words.</param>
    public static SpeechException Of(HttpStatusCode status, string body, SpeechAccount account)
    {
        var (code, message) = Read(body);
        var about = $"{code} {message}";
        var fault = ((int)status, about) switch
        {
            (_, _) when Has(about, "insufficient_quota", "quota_exceeded", "character_limit", "quota exceeded", "billing_hard_limit") => SpeechFault.Quota,
            (402, _) => SpeechFault.Quota,
            (408 or 425 or 429 or >= 500, _) => SpeechFault.Temporary,
            (401 or 403, _) => SpeechFault.BadKey,
            (_, _) when Has(about, "voice") => SpeechFault.UnknownVoice,
            (_, _) when Has(about, "model") => SpeechFault.UnknownModel,
            _ => SpeechFault.Refused,
        };
        var host = account.Endpoint.Host;
        var said = Clean(message ?? code, account.Key) is { Length: > 0 } words ? $" It says: {words}" : "";
        var explained = fault switch
        {
            SpeechFault.Quota => $"The account at {host} has used up what it may spend.{said}",
            SpeechFault.Temporary => $"{host} is busy or in trouble (status {(int)status}).{said}",
            SpeechFault.BadKey => $"{host} does not accept the key ({(int)status}).{said}",
            SpeechFault.UnknownVoice => $"{host} does not know the voice.{said}",
            SpeechFault.UnknownModel => $"{host} does not know the model.{said}",
            _ => status == HttpStatusCode.NotFound
                ? $"There is no speech at {account.Endpoint} (404). Check the endpoint: it is the root of the API, as https://api.openai.com/v1 or https://api.elevenlabs.io.{said}"
                : $"{host} refuses the request ({(int)status}).{said}",
        };
        return new SpeechException(fault, explained)
        {
            CanRepeat = (int)status >= 500,
            // ElevenLabs says it with 401, OpenAI with 403.
            LacksPermission = fault == SpeechFault.BadKey && (status == HttpStatusCode.Forbidden || Has(about, "missing_permissions")),
        };
    }

    private static bool Has(string text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static (string? Code, string? Message) Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return (null, null);
            return Find(json.RootElement, "error") ?? Find(json.RootElement, "detail") ?? (null, Text(json.RootElement, "message"));
        }
        catch (JsonException)
        {
            // A page of a proxy, perhaps; nothing to learn from.
            return (null, null);
        }
    }

    private static (string? Code, string? Message)? Find(JsonElement body, string name) => !body.TryGetProperty(name, out var found) ? null : found.ValueKind switch
    {
        JsonValueKind.String => (null, found.GetString()),
        JsonValueKind.Object when Find(found, "error") is { Message: not null } nested && Text(found, "message") is null => nested,
        JsonValueKind.Object => (string.Join(' ', new[] { "code", "status", "type", "param", "error" }.Select(field => Text(found, field)).Where(text => text is not null)), Text(found, "message")),
        // FastAPI lists each field that is wrong: {"loc": ["body", "voice"], "msg": …}.
        JsonValueKind.Array => (null, string.Join("; ", found.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object).Select(Field))),
        _ => null,
    };

    private static string Field(JsonElement entry) =>
        $"{(entry.TryGetProperty("loc", out var place) && place.ValueKind == JsonValueKind.Array ? string.Join('.', place.EnumerateArray().Select(part => part.ToString())) : "")} {Text(entry, "msg")}".Trim();

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Some repeat the key that they refuse.
    private static string? Clean(string? words, string? key)
    {
        if (words is null) return null;
        if (!string.IsNullOrEmpty(key)) words = words.Replace(key, "…", StringComparison.Ordinal);
        words = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= LongestWords ? words : $"{words[..LongestWords]}…";
    }
}
