using Widget.Api.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>Checks which site a browser's request comes from.</summary>
public sealed class Origins(OwnHosts hosts)
{
    /// <summary>Returns the Origin header. Null if there is none. Browsers always send it with requests to another site.</summary>
    public static string? Of(HttpContext http) => http.Request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin : null;

    /// <summary>
    /// Whether a request comes from one of our own pages. The configuration decides which hosts are ours, not the Host header.
    /// </summary>
    public bool IsOwn(HttpContext http) =>
        Of(http) is { } origin
        && (string.Equals(origin, hosts.PublicOrigin, StringComparison.OrdinalIgnoreCase)
            || (hosts.Serves(http.Request.Host)
                && string.Equals(origin, $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether a request comes from the given site or our own. A request without an origin is allowed: browsers always send it where it
    /// matters, and other programs can send any origin.
    /// </summary>
    public bool IsFrom(HttpContext http, string? origin) =>
        Of(http) is not { } actual || string.Equals(actual, origin, StringComparison.OrdinalIgnoreCase) || IsOwn(http);
}
