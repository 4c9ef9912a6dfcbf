using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.Visitors;

/// <summary>A visitor's token, from the header or, for WebSockets, which cannot send one, from the hub's query.</summary>
public sealed class SessionTokenStrategy(VisitorTokens tokens) : IMultiTenantStrategy
{
    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(context is HttpContext http && tokens.Read(http) is { } visitor ? TenantStore.IdPrefix + visitor.Tenant : null);
}
