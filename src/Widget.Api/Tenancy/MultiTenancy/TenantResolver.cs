using Widget.Api.Web;

namespace Widget.Api.Tenancy.MultiTenancy;

/// <summary>
/// The one place that decides which tenant a request acts for. It asks every strategy. Credentials take precedence over addresses. If a
/// request names different tenants, it contradicts itself and acts for none.
/// </summary>
public sealed class TenantResolver(IEnumerable<IMultiTenantStrategy> strategies, IMultiTenantStore store) : ITenantResolver
{
    // Credentials come first. The sort is stable, so the order of registration is otherwise kept.
    private readonly IMultiTenantStrategy[] _strategies = [.. strategies.OrderByDescending(strategy => strategy.ReadsCredential)];

    public Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken ct) => ResolveAllAsync([context], ct);

    public Task<IMultiTenantContext> ResolveAsync(HttpContext request, object body, CancellationToken ct) =>
        ResolveAllAsync([request, body], ct);

    // A carrier is the request or its body.
    private async Task<IMultiTenantContext> ResolveAllAsync(object[] carriers, CancellationToken ct)
    {
        IMultiTenantContext resolved = MultiTenantContext.None;
        string? resolvedBy = null;
        foreach (var strategy in _strategies)
        {
            foreach (var carrier in carriers)
            {
                if (await strategy.GetIdentifierAsync(carrier) is not { } identifier || identifier == resolvedBy) continue;
                // The slug of the tenant that is already resolved needs no database query.
                if (!strategy.ReadsCredential && resolved.TenantInfo?.Slug == identifier) continue;
                var tenant = await store.GetByIdentifierAsync(identifier, ct);
                // An address must not replace an unknown credential.
                if (tenant is null && strategy.ReadsCredential) return new MultiTenantContext(null, strategy);
                if (resolved.Strategy is null) (resolved, resolvedBy) = (new MultiTenantContext(tenant, strategy), identifier);
                else if (tenant is null || tenant.TenantId != resolved.TenantInfo?.TenantId) return MultiTenantContext.Contradiction;
            }
        }

        return resolved;
    }
}

/// <summary>Keeps the resolved tenant with the request.</summary>
public sealed class MultiTenantContextAccessor(IHttpContextAccessor http) : IMultiTenantContextAccessor, IMultiTenantContextSetter
{
    private static readonly object Key = new();

    public IMultiTenantContext MultiTenantContext
    {
        get => http.HttpContext?.Items[Key] as IMultiTenantContext ?? MultiTenancy.MultiTenantContext.None;
        set
        {
            if (http.HttpContext is { } context) context.Items[Key] = value;
        }
    }
}

/// <summary>Marks an endpoint that acts for no tenant, such as a sign-in. It answers even if the request names a suspended one.</summary>
public sealed class WithoutTenant
{
    public static WithoutTenant Instance { get; } = new();
}

/// <summary>Resolves the tenant of each request before authentication. Refuses requests that name more than one tenant.</summary>
public sealed class MultiTenantMiddleware(RequestDelegate next)
{
    /// <summary>The error of a request that names more than one tenant.</summary>
    public const string Contradiction = "The credentials and the address of this request belong to different tenants.";

    public async Task InvokeAsync(
        HttpContext context,
        ITenantResolver resolver,
        IMultiTenantContextSetter setter,
        SuspendedTenants suspended)
    {
        var resolved = await resolver.ResolveAsync(context, context.RequestAborted);
        setter.MultiTenantContext = resolved;
        if (resolved.IsContradictory)
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, Contradiction);
        else if (resolved.TenantInfo is { } tenant
            && context.GetEndpoint()?.Metadata.GetMetadata<WithoutTenant>() is null
            && await suspended.ContainsAsync(tenant.TenantId, context.RequestAborted))
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, SuspendedTenants.Refusal, SuspendedTenants.Code);
        else
            await next(context);
    }
}
