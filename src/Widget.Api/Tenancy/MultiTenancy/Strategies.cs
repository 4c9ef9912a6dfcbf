using Widget.Contracts;

namespace Widget.Api.Tenancy.MultiTenancy;

/// <summary>A tenant's API key: <c>Authorization: Bearer sk_…</c></summary>
public sealed class ApiKeyStrategy : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) => Task.FromResult(context is HttpContext http ? Read(http) : null);

    internal static string? Read(HttpContext http) =>
        BearerToken.Read(http) is { } token && token.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal) ? token : null;
}

/// <summary>
/// A key for the OpenAI-compatible endpoint, of either kind, as programs that speak OpenAI's protocol send it: <c>Authorization: Bearer mk_…</c> or
/// <c>X-API-Key</c>. Nowhere else does it name a tenant.
/// </summary>
public sealed class ModelKeyStrategy : IMultiTenantStrategy
{
    private const string Endpoint = "/v1";

    public Task<string?> GetIdentifierAsync(object context) => Task.FromResult(context is HttpContext http ? Read(http) : null);

    internal static string? Read(HttpContext http) =>
        http.Request.Path.StartsWithSegments(Endpoint, StringComparison.Ordinal)
        && (BearerToken.Read(http) ?? http.Request.Headers["X-API-Key"].ToString().Trim()) is { } key
        && (key.StartsWith(ApiKey.ModelPrefix, StringComparison.Ordinal) || key.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal))
            ? key
            : null;
}

/// <summary>The public key that a script tag carries to the session.</summary>
public sealed class SiteKeyStrategy : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(context is SessionRequest { SiteKey: var key } && key.StartsWith(SiteKey.Prefix, StringComparison.Ordinal) ? key : null);
}

/// <summary>The tenant's name in the address: <c>/widget/{slug}</c></summary>
public sealed class RouteSlugStrategy : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(context is HttpContext http && http.GetRouteValue("slug") is string slug && Tenant.SlugPattern().IsMatch(slug) ? slug : null);
}

/// <summary>The tenant's name in the host, when the installation gives each tenant one: <c>{slug}.chat.example.com</c></summary>
/// <param name="suffix">What follows the slug, as <c>.chat.example.com</c>; null when tenants have no hosts.</param>
public sealed class HostStrategy(string? suffix) : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context)
    {
        if (suffix is null || context is not HttpContext http) return Task.FromResult<string?>(null);
        var host = http.Request.Host.Host;
        var slug = host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? host[..^suffix.Length].ToLowerInvariant() : "";
        return Task.FromResult(Tenant.SlugPattern().IsMatch(slug) ? slug : null);
    }
}
