namespace Widget.Api.Visitors;

/// <summary>Where a browser's request comes from.</summary>
internal static class Origins
{
    /// <summary>The Origin header; null from a caller that sends none, which is no browser on another site.</summary>
    public static string? Of(HttpContext http) => http.Request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin : null;

    /// <summary>Our own, where the hosted page lives.</summary>
    public static string Own(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>
    /// Whether a request comes from the given site or our own. One without an origin is let through: browsers always send it with what
    /// could do harm, and others can send what they like.
    /// </summary>
    public static bool IsFrom(HttpContext http, string? origin) =>
        Of(http) is not { } actual
        || string.Equals(actual, origin, StringComparison.OrdinalIgnoreCase)
        || string.Equals(actual, Own(http), StringComparison.OrdinalIgnoreCase);
}
