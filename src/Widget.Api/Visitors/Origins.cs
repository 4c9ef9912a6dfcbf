using Widget.Api.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>Checks which site a browser's request comes from.</summary>
public sealed class Origins(OwnHosts hosts)
{
    /// <summary>The Origin header; null without one. Browsers always send it from another site.</summary>
    public static string? Of(HttpContext http) => http.Request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin : null;

    /// <summary>
    /// Whether a request comes from one of our own pages. The configuration says which hosts are ours; a Host header does not.
    /// </summary>
    public bool IsOwn(HttpContext http) =>
        Of(http) is { } origin
        && (string.Equals(origin, hosts.PublicOrigin, StringComparison.OrdinalIgnoreCase)
            || (hosts.Serves(http.Request.Host)
                && string.Equals(origin, $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether a request comes from the given site or our own. A request without an origin is allowed: browsers always send one with
    /// requests that could do harm, and other programs can send any.
    /// </summary>
    public bool IsFrom(HttpContext http, string? origin) =>
        Of(http) is not { } actual || string.Equals(actual, origin, StringComparison.OrdinalIgnoreCase) || IsOwn(http);
}
