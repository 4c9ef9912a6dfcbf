using System.Net;
using System.Text.Json;

namespace Widget.Admin.Api;

/// <summary>A request that the API refused or that did not reach it. <see cref="Exception.Message"/> can be shown to people.</summary>
public sealed class ApiException : Exception
{
    private ApiException(string message, HttpStatusCode? status, IReadOnlyDictionary<string, string[]> errors, JsonElement? problem)
        : base(message) => (Status, Errors, Problem) = (status, errors, problem);

    /// <summary>Null if the API could not be reached.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Errors of single fields, by the field's name in JSON.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    /// <summary>The whole problem details document (RFC 9457). Null if the answer had none.</summary>
    public JsonElement? Problem { get; }

    /// <summary>Whether the API could not be reached, or did not answer in time.</summary>
    public bool IsUnreachable => Status is null;

    /// <summary>Whether the sign-in has ended, because the session has expired or was revoked.</summary>
    public bool IsSignedOut => Status == HttpStatusCode.Unauthorized;

    /// <param name="api">The API's address.</param>
    internal static ApiException Unreachable(Uri api) => new($"Can't reach the API at {api}.", null, new Dictionary<string, string[]>(), null);

    internal static async Task<ApiException> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        JsonElement? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or InvalidOperationException)
        {
            // A proxy between the console and the API may answer with a page of its own.
        }

        var errors = ReadErrors(problem);
        var title = Text(problem, "title") ?? $"The API answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        // The title of a failed validation is general; the errors say what to change.
        var message = errors.Count > 0 ? string.Join(' ', errors.Values.SelectMany(texts => texts)) : title;
        return new ApiException(message, response.StatusCode, errors, problem);
    }

    private static string? Text(JsonElement? problem, string name) =>
        problem is { ValueKind: JsonValueKind.Object } document && document.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Dictionary<string, string[]> ReadErrors(JsonElement? problem)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        if (problem is not { ValueKind: JsonValueKind.Object } document || !document.TryGetProperty("errors", out var fields)) return errors;
        if (fields.ValueKind != JsonValueKind.Object) return errors;
        foreach (var field in fields.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Array)
                errors[field.Name] = [.. field.Value.EnumerateArray().Select(text => text.ToString())];
        }

        return errors;
    }
}
