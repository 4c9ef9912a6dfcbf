using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Widget.Platform.Outbound;
using Widget.Rag.Search;

namespace Widget.Rag.Remote;

/// <summary>
/// Posts JSON to another server and reads its JSON response, up to a maximum size. Every failure becomes a
/// <see cref="KnowledgeBaseException"/>. It does not quote the response, because servers repeat requests in their error messages. There is
/// no retry. The caller sets a time limit.
/// </summary>
/// <param name="http">The client named <see cref="Client"/>.</param>
/// <param name="maxBytes">The maximum size of a response.</param>
internal sealed class JsonEndpoint(HttpClient http, int maxBytes)
{
    /// <summary>The name of the HTTP client for the servers that searches call.</summary>
    public const string Client = "search";

    /// <param name="address">The address to post to.</param>
    /// <param name="header">The header for the key and its value; null for none.</param>
    /// <param name="body">The body, written as JSON.</param>
    /// <param name="ct">The caller's time limit.</param>
    /// <exception cref="KnowledgeBaseException">There was no valid response.</exception>
    public async Task<JsonElement> PostAsync<T>(Uri address, (string Name, string Value)? header, T body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        if (header is { } key) request.Headers.TryAddWithoutValidation(key.Name, key.Value);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode) throw ToException(response);
            var content = await BoundedBody.ReadAsync(response.Content, maxBytes, ct);
            if (!content.IsComplete)
                throw new KnowledgeBaseException(KnowledgeFault.Malformed, $"its response is longer than {maxBytes / 1024} KB");
            using var document = JsonDocument.Parse(content.Content, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its response is not JSON", cause: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new KnowledgeBaseException(KnowledgeFault.Unavailable, "it cannot be reached or closed the connection", cause: e);
        }
    }

    private static KnowledgeBaseException ToException(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            401 or 403 => new(KnowledgeFault.Configuration, $"its key is not accepted (status {status})"),
            402 => new(KnowledgeFault.Configuration, "the account has no credit left (status 402)"),
            429 => new(KnowledgeFault.Throttled, "it received too many requests (status 429)", RetryAfter(response)),
            408 or >= 500 => new(KnowledgeFault.Unavailable, $"it has an internal error (status {status})", RetryAfter(response)),
            400 or 413 or 422 => new(KnowledgeFault.Refused, $"it rejects this question (status {status})"),
            >= 300 and < 400 => new(KnowledgeFault.Configuration, $"its address redirects (status {status})"),
            _ => new(KnowledgeFault.Configuration, $"it does not know the request (status {status})"),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - response.Headers.Date) : null;
}
