using System.Reflection;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Platform.Tenancy;

namespace Widget.Api.Calls;

/// <summary>
/// The caller of a call endpoint: a visitor, or a program with the tenant's API key. Endpoints for authorized callers take it as a
/// parameter.
/// </summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Visitor">The visitor; null for a program, which may use all calls of the tenant.</param>
public sealed record Caller(TenantId Tenant, VisitorId? Visitor) : IBindableFromHttpContext<Caller>
{
    /// <summary>Whether the caller may use a visitor's call.</summary>
    public bool MayUse(VisitorId owner) => Visitor is null || Visitor == owner;

    /// <summary>Reads the caller of a request.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var tenants = context.RequestServices.GetRequiredService<IMultiTenantContextAccessor>();
        var tokens = context.RequestServices.GetRequiredService<VisitorTokens>();
        return ValueTask.FromResult<Caller?>(new Caller(tenants.Current().TenantId, tokens.Read(context)?.Visitor));
    }
}
