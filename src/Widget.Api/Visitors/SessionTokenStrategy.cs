using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.Visitors;

/// <summary>A visitor's token in the header.</summary>
public sealed class SessionTokenStrategy(VisitorTokens tokens) : IMultiTenantStrategy
{
    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(Identifier(context is HttpContext http ? tokens.OfHeader(http) : null));

    internal static string? Identifier(VisitorTicket? visitor) => visitor is null ? null : TenantStore.IdPrefix + visitor.Tenant;
}

/// <summary>A visitor's token in the query, because WebSockets cannot send headers.</summary>
public sealed class HubTokenStrategy(VisitorTokens tokens) : IMultiTenantStrategy
{
    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) =>
        Task.FromResult(SessionTokenStrategy.Identifier(context is HttpContext http ? tokens.OfQuery(http) : null));
}
