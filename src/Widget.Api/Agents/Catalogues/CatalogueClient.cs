using System.Net;
using System.Text.Json;
using Polly.Timeout;
using Widget.Platform.Outbound;

namespace Widget.Api.Agents.Catalogues;

/// <summary>What a catalogue's server returned.</summary>
/// <param name="Content">The catalogue; null if it has not changed.</param>
/// <param name="Etag">Its version, if the server gives one.</param>
internal sealed record CatalogueResponse(JsonElement? Content, string? Etag);

/// <summary>A catalogue could not be read.</summary>
/// <param name="message">Why, in words for people.</param>
internal sealed class CatalogueException(string message) : Exception(message);

/// <summary>Downloads catalogues, with limits on time and size, from public addresses only.</summary>
internal sealed class CatalogueClient(IHttpClientFactory clients, TimeProvider clock)
{
    // 5,000 entries with long texts.
    private const int MaxBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly Polly.ResiliencePipeline _timeLimit = OutboundPipelines.TimeLimit(TimeLimit, clock);

    /// <param name="url">The catalogue's address.</param>
    /// <param name="etag">The version that is known; null for none.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="CatalogueException">The catalogue can't be read.</exception>
    public async Task<CatalogueResponse> ReadAsync(Uri url, string? etag, CancellationToken ct)
    {
        try
        {
            return await _timeLimit.ExecuteAsync(async limited => await ExchangeAsync(url, etag, limited), ct);
        }
        catch (TimeoutRejectedException)
        {
            throw new CatalogueException($"The server did not respond within {TimeLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is PrivateAddressException || e.InnerException is PrivateAddressException)
        {
            throw new CatalogueException("The address is private. Catalogues are read from public addresses only.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CatalogueException("The connection to the server failed.");
        }
    }

    private async Task<CatalogueResponse> ExchangeAsync(Uri url, string? etag, CancellationToken ct)
    {
        using var client = clients.ForEndpoint(isTenantChosen: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.ParseAdd("Widget/1.0");
        request.Headers.Accept.ParseAdd("application/json");
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (response.StatusCode == HttpStatusCode.NotModified) return new CatalogueResponse(null, etag);
        if ((int)response.StatusCode is >= 300 and < 400)
            throw new CatalogueException("The server redirects to another address. Use that address.");
        if (!response.IsSuccessStatusCode) throw new CatalogueException($"The server answered with status {(int)response.StatusCode}.");
        var body = await BoundedBody.ReadAsync(response.Content, MaxBytes, ct);
        if (!body.IsComplete) throw new CatalogueException($"The catalogue is larger than {MaxBytes >> 20} MB.");
        try
        {
            using var document = JsonDocument.Parse(body.Content);
            return new CatalogueResponse(document.RootElement.Clone(), response.Headers.ETag?.ToString());
        }
        catch (JsonException)
        {
            throw new CatalogueException("The server's answer is not JSON.");
        }
    }
}
