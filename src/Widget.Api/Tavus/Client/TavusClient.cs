using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Platform.Outbound;

namespace Widget.Api.Tavus.Client;

/// <summary>
/// A client for version 2 of Tavus's REST API. Requests use the older names persona and replica. If an account's API accepts only the new
/// names PAL and Face, requests use those. Every method throws <see cref="TavusException"/> when Tavus is unavailable or refuses.
/// </summary>
public sealed partial class TavusClient
{
    private readonly TavusTransport _transport;
    private readonly TavusNames _names = new();

    public TavusClient(
        TavusApiOptions api,
        IHttpClientFactory clients,
        CircuitBreakerRegistry breakers,
        TimeProvider clock,
        ILogger<TavusClient> log,
        TavusLimits? limits = null) =>
        _transport = new TavusTransport(
            api,
            clients.CreateClient(TavusTransport.Client),
            breakers.Get(TavusTransport.Breaker),
            limits ?? new TavusLimits(),
            clock,
            log);

    /// <summary>Sends a request to an endpoint with a single name.</summary>
    private Task<TavusResponse> SendAsync(TavusAccount account, HttpMethod method, string path, object? request, CancellationToken ct) =>
        _transport.SendAsync(account, method, path, Write(request), ct);

    /// <summary>Sends a request to an endpoint with two names, using the one that the account's API accepts.</summary>
    /// <param name="account">The account.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="endpoint">One of <see cref="TavusNames"/>'s.</param>
    /// <param name="rest">The path after the endpoint's name, for a family of names.</param>
    /// <param name="body">The body, for a family of names.</param>
    /// <param name="ct">Cancels the request.</param>
    private async Task<TavusResponse> SendAsync(
        TavusAccount account,
        HttpMethod method,
        string endpoint,
        Func<TavusFamily, string> rest,
        Func<TavusFamily, JsonNode?> body,
        CancellationToken ct)
    {
        var known = _names.Of(account, endpoint);
        var family = known ?? TavusFamily.Legacy;
        try
        {
            var answer = await SendToAsync(family);
            _names.Remember(account, endpoint, family);
            return answer;
        }
        // A 404 means that either the endpoint's name or the object is unknown. If the name worked before, the other name is tried only
        // when the API reports that it is gone (410), or when a list under it fails.
        catch (TavusException e) when (e.Status == 410 || (e.Status == 404 && (known is null || rest(family) is "" or ['?', ..])))
        {
            try
            {
                var other = TavusNames.Other(family);
                var answer = await SendToAsync(other);
                _names.Remember(account, endpoint, other);
                return answer;
            }
            catch (TavusException second) when (second.Fault == TavusFault.NotFound)
            {
                // Unknown under both names: the object does not exist.
                throw e;
            }
        }

        Task<TavusResponse> SendToAsync(TavusFamily name) =>
            _transport.SendAsync(account, method, TavusNames.Name(endpoint, name) + rest(name), body(name), ct);
    }

    /// <summary>Gets a page of a list at an endpoint with a single name.</summary>
    private async Task<TavusPage<T>> ListAsync<T>(TavusAccount account, string path, Func<TavusObject, T> read, CancellationToken ct) =>
        TavusPage<T>.Read((await SendAsync(account, HttpMethod.Get, path, request: null, ct)).Required, read);

    /// <summary>Gets a page of a list at an endpoint with two names.</summary>
    private async Task<TavusPage<T>> ListAsync<T>(
        TavusAccount account,
        string endpoint,
        Func<TavusFamily, string> rest,
        Func<TavusObject, T> read,
        CancellationToken ct) =>
        TavusPage<T>.Read((await SendAsync(account, HttpMethod.Get, endpoint, rest, _ => null, ct)).Required, read);

    /// <summary>
    /// The family of names for an endpoint whose fields were renamed and whose own name was not. It is detected with a list of personas.
    /// </summary>
    private async Task<TavusFamily> FamilyAsync(TavusAccount account, CancellationToken ct)
    {
        if (_names.Of(account, TavusNames.Personas) is { } known) return known;
        await SendAsync(account, HttpMethod.Get, TavusNames.Personas, _ => "?limit=1", _ => null, ct);
        return _names.Of(account, TavusNames.Personas) ?? TavusFamily.Legacy;
    }

    private static JsonNode? Write(object? request) =>
        request is null ? null : JsonSerializer.SerializeToNode(request, request.GetType(), TavusJson.Requests);

    // An id that consists of dots would lead to a parent path, even if it is escaped.
    private static string Escape(string id) =>
        id.Trim('.').Length > 0
            ? Uri.EscapeDataString(id)
            : throw new TavusException(TavusFault.NotFound, "It does not exist: the id is empty.");

    /// <summary>A query string of the parameters that have a value.</summary>
    private static string Query(params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is null) continue;
            var text = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(text));
        }

        return query.ToString();
    }
}
