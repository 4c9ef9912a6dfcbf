using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Widget.Rag.Search;

namespace Widget.Rag.Remote;

/// <summary>
/// Asks somebody else's server in JSON and reads the answer within limits. Whatever goes wrong becomes a <see cref="KnowledgeBaseException"/>
/// that repeats nothing of the answer, since servers put into their errors what they were sent. Follows no redirects, keeps no
/// cookies, does not try again. The caller's deadline is the only one.
/// </summary>
internal sealed class JsonEndpoint : IDisposable
{
    private readonly HttpClient _http;
    private readonly int _largest;

    /// <param name="largest">Longest answer that is read, in bytes.</param>
    public JsonEndpoint(int largest)
    {
        _largest = largest;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            // Names move to other addresses; connections that live for ever would not notice.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <param name="address">Where to.</param>
    /// <param name="header">The header that carries the key, and what stands in it; null for none.</param>
    /// <param name="body">What is asked.</param>
    /// <param name="ct">The caller's deadline.</param>
    /// <exception cref="KnowledgeBaseException">There was no answer that could be read.</exception>
    public async Task<JsonElement> PostAsync<T>(Uri address, (string Name, string Value)? header, T body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        if (header is { } key) request.Headers.TryAddWithoutValidation(key.Name, key.Value);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode) throw Refused(response);
            var content = await ReadAsync(response, ct);
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new KnowledgeBaseException(KnowledgeFault.Malformed, "its answer is not JSON", cause: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new KnowledgeBaseException(KnowledgeFault.Unavailable, "it cannot be reached or broke off", cause: e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            if (content.Length + read > _largest) throw new KnowledgeBaseException(KnowledgeFault.Malformed, $"its answer is longer than {_largest / 1024} KB");
            content.Write(buffer, 0, read);
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private static KnowledgeBaseException Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            401 or 403 => new(KnowledgeFault.Configuration, $"its key is not accepted (status {status})"),
            402 => new(KnowledgeFault.Configuration, "the account has no credit left (status 402)"),
            429 => new(KnowledgeFault.Throttled, "it has been asked too often (status 429)", RetryAfter(response)),
            408 or >= 500 => new(KnowledgeFault.Unavailable, $"it has trouble of its own (status {status})", RetryAfter(response)),
            400 or 413 or 422 => new(KnowledgeFault.Refused, $"it does not take this question (status {status})"),
            >= 300 and < 400 => new(KnowledgeFault.Configuration, $"its address redirects elsewhere (status {status})"),
            _ => new(KnowledgeFault.Configuration, $"it does not know what it is asked for (status {status})"),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - response.Headers.Date) : null;
}
