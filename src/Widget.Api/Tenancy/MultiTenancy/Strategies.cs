using Widget.Contracts;

namespace Widget.Api.Tenancy.MultiTenancy;

/// <summary>
/// A tenant's API key: <c>Authorization: Bearer sk_…</c>. The staff's hub also accepts it in the query, because browsers cannot send
/// headers with WebSockets.
/// </summary>
public sealed class ApiKeyStrategy : IMultiTenantStrategy
{
    private const string Hub = "/hubs/inbox";

    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) => Task.FromResult(context is HttpContext http ? Read(http) : null);

    internal static string? Read(HttpContext http) =>
        (BearerToken.Read(http) ?? OfQuery(http)) is { } token && token.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal)
            ? token
            : null;

    private static string? OfQuery(HttpContext http) =>
        http.Request.Path.StartsWithSegments(Hub, StringComparison.OrdinalIgnoreCase)
            ? http.Request.Query["access_token"].ToString()
            : null;
}

/// <summary>
/// A model key: <c>Authorization: Bearer mk_…</c>. It identifies its tenant on every endpoint, but gives access only to the
/// OpenAI-compatible one and the MCP server.
/// </summary>
public sealed class ModelKeyStrategy : IMultiTenantStrategy
{
    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) => Task.FromResult(context is HttpContext http ? Read(http) : null);

    internal static string? Read(HttpContext http) =>
        BearerToken.Read(http) is { } token && token.StartsWith(ApiKey.ModelPrefix, StringComparison.Ordinal) ? token : null;
}

/// <summary>An API key or model key in the header <c>X-API-Key</c>, as some programs with OpenAI's protocol send it.</summary>
public sealed class KeyHeaderStrategy : IMultiTenantStrategy
{
    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) => Task.FromResult(context is HttpContext http ? Read(http) : null);

    internal static string? Read(HttpContext http) =>
        http.Request.Headers["X-API-Key"].ToString().Trim() is { } key
        && (key.StartsWith(ApiKey.ModelPrefix, StringComparison.Ordinal) || key.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal))
            ? key
            : null;
}

/// <summary>
/// A member's session and the tenant that it acts for: <c>Authorization: Bearer ss_…</c> and <c>X-Tenant: slug</c>. The staff's hub also
/// accepts both in the query, because browsers cannot send headers with WebSockets.
/// </summary>
public sealed class MemberStrategy : IMultiTenantStrategy
{
    public const string TenantHeader = "X-Tenant";

    private const string Hubs = "/hubs";

    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(
            context is HttpContext http && ReadToken(http) is { } token && ReadSlug(http) is { } slug && Tenant.SlugPattern().IsMatch(slug)
                ? MemberSession.Identifier(token, slug)
                : null);

    /// <summary>Returns the session's token. Null if the request has none.</summary>
    internal static string? ReadToken(HttpContext http) =>
        (BearerToken.Read(http) ?? OfQuery(http, "access_token")) is { } token
        && token.StartsWith(MemberSession.Prefix, StringComparison.Ordinal)
            ? token
            : null;

    /// <summary>Returns the tenant that the request names for its session. Null if it names none.</summary>
    internal static string? ReadSlug(HttpContext http) =>
        http.Request.Headers[TenantHeader].ToString().Trim() is { Length: > 0 } header ? header : OfQuery(http, "tenant");

    private static string? OfQuery(HttpContext http, string name) =>
        http.Request.Path.StartsWithSegments(Hubs, StringComparison.OrdinalIgnoreCase)
        && http.Request.Query[name].ToString() is { Length: > 0 } value
            ? value
            : null;
}

/// <summary>The public site key of the script tag, sent when a session is opened.</summary>
public sealed class SiteKeyStrategy : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(
            context is SessionRequest { SiteKey: var key } && key.StartsWith(SiteKey.Prefix, StringComparison.Ordinal) ? key : null);
}

/// <summary>The tenant's name in the address: <c>/widget/{slug}</c></summary>
public sealed class RouteSlugStrategy : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(
            context is HttpContext http && http.GetRouteValue("slug") is string slug && Tenant.SlugPattern().IsMatch(slug) ? slug : null);
}

/// <summary>The tenant's name in the host, if the installation gives each tenant a host: <c>{slug}.chat.example.com</c></summary>
/// <param name="suffix">The part after the slug, such as <c>.chat.example.com</c>; null when tenants have no hosts.</param>
/// <param name="ownHosts">Hosts of the installation itself. They belong to no tenant, even if they end with the suffix.</param>
public sealed class HostStrategy(string? suffix, IReadOnlySet<string>? ownHosts = null) : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(
            context is HttpContext http
            && TenantHosts.Slug(http.Request.Host.Host, suffix) is { } slug
            && ownHosts?.Contains(http.Request.Host.Host) != true
                ? slug
                : null);
}

/// <summary>Tenants' own hosts.</summary>
internal static class TenantHosts
{
    /// <summary>Returns the slug in a tenant's host. Null for other hosts.</summary>
    /// <param name="host">The host without its port.</param>
    /// <param name="suffix">The part after the slug; null when tenants have no hosts.</param>
    public static string? Slug(string host, string? suffix)
    {
        // Some clients send a fully qualified name with its final dot.
        host = host.TrimEnd('.');
        if (suffix is null || !host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return null;
        var slug = host[..^suffix.Length].ToLowerInvariant();
        return Tenant.SlugPattern().IsMatch(slug) ? slug : null;
    }
}
