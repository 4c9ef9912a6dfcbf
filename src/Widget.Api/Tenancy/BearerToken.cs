namespace Widget.Api.Tenancy;

internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>The token of the Authorization header; null without one.</summary>
    public static string? Read(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}
