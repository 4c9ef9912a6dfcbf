using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Platform.Tenancy;

namespace Widget.Api.Calls;

/// <summary>The caller of a call endpoint: a visitor, or a program with the tenant's API key.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Visitor">The visitor; null for a program, which may use all calls of the tenant.</param>
public sealed record Caller(TenantId Tenant, VisitorId? Visitor)
{
    /// <summary>The caller of a request.</summary>
    internal static Caller Of(HttpContext http, TenantInfo tenant, VisitorTokens tokens) =>
        new(tenant.TenantId, tokens.Read(http)?.Visitor);

    /// <summary>Whether the caller may use a visitor's call.</summary>
    public bool MayUse(VisitorId owner) => Visitor is null || Visitor == owner;
}
