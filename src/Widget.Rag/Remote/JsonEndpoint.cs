using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Widget.Platform.Outbound;
using Widget.Rag.Search;

namespace Widget.Rag.Remote;

/// <summary>
/// Posts JSON to another server and reads its JSON answer, up to a limit. Every failure becomes a <see cref="KnowledgeBaseException"/> that
/// quotes nothing of the answer, because servers repeat requests in their error messages. It does not retry and has no time limit of its
/// own: the caller sets one.
/// </summary>
/// <param name="http">The client named <see cref="Client"/>.</param>
/// <param name="limit">The longest answer that is read, in bytes.</param>
internal sealed class JsonEndpoint(HttpClient http, int limit)
{
    /// <summary>The name of the HTTP client for the servers that searches call.</summary>
    public const string Client = "search";

    /// <param name="address">The address to post to.</param>
    /// <param name="header">The header for the key and its value; null for none.</param>
    /// <param name="body">The body, written as JSON.</param>
    /// <param name="ct">The caller's time limit.</param>
    /// <exception cref="KnowledgeBaseException">There was no readable answer.</exception>
    public async Task<JsonElement> PostAsync<T>(Uri address, (string Name, string Value)? header, T body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        if (header is { } key) request.Headers.TryAddWithoutValidation(key.Name, key.Value);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode) throw Refused(response);
            var answer = await BoundedBody.ReadAsync(response.Content, limit, ct);
            if (!answer.IsComplete)
                throw new KnowledgeBaseException(KnowledgeFault.Malformed, $"its answer is longer than {limit / 1024} KB");
            using var document = JsonDocument.Parse(answer.Content, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its answer is not JSON", cause: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new KnowledgeBaseException(KnowledgeFault.Unavailable, "it cannot be reached or closed the connection", cause: e);
        }
    }

    private static KnowledgeBaseException Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            401 or 403 => new(KnowledgeFault.Configuration, $"its key is not accepted (status {status})"),
            402 => new(KnowledgeFault.Configuration, "the account has no credit left (status 402)"),
            429 => new(KnowledgeFault.Throttled, "it got too many requests (status 429)", RetryAfter(response)),
            408 or >= 500 => new(KnowledgeFault.Unavailable, $"it has an internal error (status {status})", RetryAfter(response)),
            400 or 413 or 422 => new(KnowledgeFault.Refused, $"it rejects this question (status {status})"),
            >= 300 and < 400 => new(KnowledgeFault.Configuration, $"its address redirects (status {status})"),
            _ => new(KnowledgeFault.Configuration, $"it does not know the request (status {status})"),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - response.Headers.Date) : null;
}
