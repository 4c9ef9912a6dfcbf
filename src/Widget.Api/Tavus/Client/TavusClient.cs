using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Platform.Outbound;

namespace Widget.Api.Tavus.Client;

/// <summary>
/// Tavus's REST API, version 2, in the names it had before it called personas PALs and replicas Faces; an account whose API only answers to
/// the new ones is written to in those. Every method throws <see cref="TavusException"/> when Tavus does not do what it is asked.
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

    /// <summary>Sends to an endpoint that has one name only.</summary>
    private Task<TavusAnswer> SendAsync(TavusAccount account, HttpMethod method, string path, object? request, CancellationToken ct) =>
        _transport.SendAsync(account, method, path, Write(request), ct);

    /// <summary>Sends to an endpoint that has two names, under the one that the account's API answers to.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="endpoint">One of <see cref="TavusNames"/>'s.</param>
    /// <param name="rest">What follows the endpoint's name in the path, as the family writes it.</param>
    /// <param name="body">The body, as the family writes it.</param>
    /// <param name="ct">The caller's.</param>
    private async Task<TavusAnswer> SendAsync(
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
        // The endpoint's name is unknown, or what was asked for under it is. A known name is doubted when it is said to be gone, or cannot
        // even be listed.
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
                // Neither knows it: then it is not the name.
                throw e;
            }
        }

        Task<TavusAnswer> SendToAsync(TavusFamily name) =>
            _transport.SendAsync(account, method, TavusNames.Name(endpoint, name) + rest(name), body(name), ct);
    }

    /// <summary>The family for endpoints whose own name did not change but whose fields did; asked for once.</summary>
    private async Task<TavusFamily> FamilyAsync(TavusAccount account, CancellationToken ct)
    {
        if (_names.Of(account, TavusNames.Personas) is { } known) return known;
        await SendAsync(account, HttpMethod.Get, TavusNames.Personas, _ => "?limit=1", _ => null, ct);
        return _names.Of(account, TavusNames.Personas) ?? TavusFamily.Legacy;
    }

    private static JsonNode? Write(object? request) =>
        request is null ? null : JsonSerializer.SerializeToNode(request, request.GetType(), TavusJson.Requests);

    // Dots alone would lead up the path, escaped or not.
    private static string Escape(string id) =>
        id.Trim('.').Length > 0 ? Uri.EscapeDataString(id)
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
