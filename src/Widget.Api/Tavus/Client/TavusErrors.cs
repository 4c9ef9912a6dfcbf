using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Widget.Platform.Text;

namespace Widget.Api.Tavus.Client;

/// <summary>
/// Parses Tavus's errors. The status is not enough, because "no free slot" and "unknown id" both have status 400. So the text decides,
/// which is in <c>error</c> or <c>message</c>, depending on the endpoint.
/// </summary>
internal static partial class TavusErrors
{
    private const int MaxMessageLength = 300;

    /// <param name="method">The request's method. Only a request that changes something may have had an effect.</param>
    /// <param name="status">The response's status, 300 or more.</param>
    /// <param name="body">The beginning of the response's body.</param>
    /// <param name="headers">The response's headers.</param>
    /// <param name="key">The account's key, which is removed from messages.</param>
    /// <param name="now">The time, for a Retry-After that is a date.</param>
    public static TavusException Parse(
        HttpMethod method,
        int status,
        ReadOnlySpan<byte> body,
        HttpResponseHeaders headers,
        string key,
        DateTimeOffset now)
    {
        var text = TextOf(body, key);
        var fault = FaultOf(status, text);
        return new TavusException(fault, text.Length == 0 ? DefaultMessage(fault, status) : text)
        {
            Status = status,
            RetryAfter = headers.RetryAfter is { } after ? after.Delta ?? (after.Date - now) : null,
            MayHaveHappened = method != HttpMethod.Get && status is (408 or >= 500),
        };
    }

    internal static TavusFault FaultOf(int status, string text) => status switch
    {
        401 => TavusFault.BadKey,
        402 => TavusFault.NoCredits,
        _ when status < 500 && Concurrency().IsMatch(text) => TavusFault.ConcurrencyReached,
        _ when status < 500 && Credits().IsMatch(text) => TavusFault.NoCredits,
        403 => TavusFault.BadKey,
        404 or 410 => TavusFault.NotFound,
        409 => TavusFault.Conflict,
        408 or 425 or 429 or >= 500 => TavusFault.Temporary,
        400 when UnknownId().IsMatch(text) => TavusFault.NotFound,
        < 400 => TavusFault.Malformed,
        _ => TavusFault.BadRequest,
    };

    private static string TextOf(ReadOnlySpan<byte> body, string key)
    {
        string? text = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                text = TextField(document.RootElement, "error") ?? TextField(document.RootElement, "message");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy's HTML page, or text with half of a surrogate pair, is not a useful message.
        }

        if (text is null) return "";
        text = ControlCharacters().Replace(text.Replace(key, "•••", StringComparison.Ordinal), " ").Trim();
        return text.Length <= MaxMessageLength ? text : $"{Truncation.Truncate(text, MaxMessageLength)}…";
    }

    // Validation errors may be an object or a list. Their JSON is still useful.
    private static string? TextField(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.GetRawText();

    private static string DefaultMessage(TavusFault fault, int status) => fault switch
    {
        TavusFault.BadKey => $"The key is not accepted (status {status}).",
        TavusFault.NoCredits => $"The account has no minutes left (status {status}).",
        TavusFault.NotFound => $"It does not exist (status {status}).",
        TavusFault.Temporary => $"Tavus had an internal error (status {status}).",
        TavusFault.Malformed => $"The address redirects elsewhere (status {status}).",
        _ => $"The request was refused without a reason (status {status}).",
    };

    [GeneratedRegex(
        @"(maximum|max|too many|limit)\b.{0,40}\bconcurren|\bconcurren\w*\b.{0,40}\b(limit|maximum|reached|exceeded)",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Concurrency();

    [GeneratedRegex(
        @"out of .{0,30}credit|insufficient .{0,20}credit|no .{0,30}credits? (left|remaining)",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Credits();

    [GeneratedRegex(
        @"\b(invalid|unknown)\s+['""]?\w*(_id|_uuid|uuid)s?\b|\b(not found|does not exist|doesn't exist)\b",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex UnknownId();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}]+", RegexOptions.None, 1000)]
    private static partial Regex ControlCharacters();
}
