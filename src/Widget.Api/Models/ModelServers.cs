using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly;
using Polly.Timeout;
using Widget.Contracts;
using Widget.Platform.Outbound;

namespace Widget.Api.Models;

/// <summary>How a model server responds to a first request.</summary>
internal enum ModelServerState
{
    /// <summary>The server can be reached and does not refuse the key.</summary>
    Reached,

    KeyRefused,

    /// <summary>The server's address is not public.</summary>
    Private,

    Unreachable,
}

/// <param name="State">What the server said.</param>
/// <param name="Message">The result in a sentence, with what to do about a problem.</param>
/// <param name="Models">The models that it lists; null if it does not list them.</param>
internal sealed record ModelServerReply(ModelServerState State, string Message, IReadOnlyList<string>? Models = null)
{
    public ConnectionCheck ToCheck() =>
        new(State == ModelServerState.KeyRefused ? "key" : "endpoint", Ok: State == ModelServerState.Reached, Message);
}

/// <summary>Asks tenants' model servers for their models. It is the cheapest request that shows whether a server accepts a key.</summary>
internal sealed class ModelServers(IHttpClientFactory clients, TimeProvider clock)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(8);
    private const int MaxResponseBytes = 1024 * 1024;

    private readonly ResiliencePipeline _timeout = OutboundPipelines.TimeLimit(RequestTimeout, clock);

    public async Task<ModelServerReply> AskAsync(ModelAccount account, CancellationToken ct)
    {
        try
        {
            return await _timeout.ExecuteAsync(async token => await ExchangeAsync(account, token), ct);
        }
        catch (TimeoutRejectedException)
        {
            return new(ModelServerState.Unreachable, $"{account.Host} did not answer within {RequestTimeout.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PrivateAddressException.IsCauseOf(e)
                ? new(
                    ModelServerState.Private,
                    $"{account.Host} has no public address. The installation's operator can allow it with WIDGET_FETCH_ALLOW.")
                : new(ModelServerState.Unreachable, MessageOf((e as HttpRequestException)?.HttpRequestError, account));
        }
    }

    /// <summary>Adds the header with the account's key.</summary>
    private static void Authorize(HttpRequestMessage request, ModelAccount account)
    {
        if (account.Key is not { } key) return;
        if (account.UsesApiKeyHeader) request.Headers.TryAddWithoutValidation("api-key", key);
        else request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    private async Task<ModelServerReply> ExchangeAsync(ModelAccount account, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/models");
        Authorize(request, account);
        // The tenant chose the address.
        using var response = await clients.ForEndpoint(isTenantChosen: true)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new(ModelServerState.KeyRefused, account.Key is null
                ? $"{account.Host} requires a key."
                : $"{account.Host} does not accept the key. Copy it again from the provider.");
        }

        if ((int)response.StatusCode is >= 300 and < 400)
        {
            return new(
                ModelServerState.Unreachable,
                $"{account.Host} redirects to another address. Redirects are not followed, so set the address it redirects to.");
        }

        var models = response.IsSuccessStatusCode ? ModelsOf(await BoundedBody.ReadAsync(response.Content, MaxResponseBytes, ct)) : null;
        return new(ModelServerState.Reached, $"{account.Host} can be reached.", models);
    }

    // Null if the body is not OpenAI's list of models.
    private static IReadOnlyList<string>? ModelsOf(BoundedBody body)
    {
        try
        {
            using var json = JsonDocument.Parse(body.Content);
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("data", out var data)
                || data.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            return
            [
                .. data.EnumerateArray()
                    .Where(entry => entry.ValueKind == JsonValueKind.Object)
                    .Select(entry => entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null)
                    .OfType<string>(),
            ];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string MessageOf(HttpRequestError? error, ModelAccount account) => error switch
    {
        HttpRequestError.NameResolutionError => $"The host name {account.Endpoint.Host} was not found. Check the endpoint.",
        HttpRequestError.ConnectionError => $"No server can be reached at {account.Host}. Check the endpoint, and whether the server runs.",
        HttpRequestError.SecureConnectionError =>
            $"No secure connection to {account.Host} is possible. Check its TLS certificate, and whether the endpoint is https.",
        _ => $"The connection to {account.Host} was interrupted.",
    };
}
