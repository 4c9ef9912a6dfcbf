using Widget.Api.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>Where a browser's request comes from.</summary>
public sealed class Origins(OwnHosts hosts)
{
    /// <summary>The Origin header; null from a caller that sends none, which is no browser on another site.</summary>
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
    /// Whether a request comes from the given site or our own. One without an origin is let through: browsers always send it with what
    /// could do harm, and others can send what they like.
    /// </summary>
    public bool IsFrom(HttpContext http, string? origin) =>
        Of(http) is not { } actual || string.Equals(actual, origin, StringComparison.OrdinalIgnoreCase) || IsOwn(http);
}
