using Widget.Api.Web;

namespace Widget.Api.Tenancy.MultiTenancy;

/// <summary>
/// The one place that decides which tenant a request acts for. It asks every strategy. Credentials take precedence over addresses. If a
/// request names different tenants, it contradicts itself and acts for none.
/// </summary>
public sealed class TenantResolver(IEnumerable<IMultiTenantStrategy> strategies, IMultiTenantStore store) : ITenantResolver
{
    // A stable sort: proofs first, in the order of registration.
    private readonly IMultiTenantStrategy[] _strategies = [.. strategies.OrderByDescending(strategy => strategy.IsProof)];

    public Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken ct) => DecideAsync([context], ct);

    public Task<IMultiTenantContext> ResolveAsync(HttpContext request, object body, CancellationToken ct) =>
        DecideAsync([request, body], ct);

    private async Task<IMultiTenantContext> DecideAsync(object[] carriers, CancellationToken ct)
    {
        IMultiTenantContext decided = MultiTenantContext.None;
        string? identifier = null;
        foreach (var strategy in _strategies)
        {
            foreach (var carrier in carriers)
            {
                if (await strategy.GetIdentifierAsync(carrier) is not { } named || named == identifier) continue;
                // A slug of the tenant that is already known needs no database query.
                if (!strategy.IsProof && decided.TenantInfo?.Slug == named) continue;
                var tenant = await store.GetByIdentifierAsync(named, ct);
                // An unknown credential proves nothing, and an address must not replace it.
                if (tenant is null && strategy.IsProof) return new MultiTenantContext(null, strategy);
                if (decided.Strategy is null) (decided, identifier) = (new MultiTenantContext(tenant, strategy), named);
                else if (tenant is null || tenant.TenantId != decided.TenantInfo?.TenantId) return MultiTenantContext.Contradiction;
            }
        }

        return decided;
    }
}

/// <summary>Resolves the request's tenant and stores it with the request.</summary>
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

/// <summary>Resolves each request's tenant before it is authenticated, and refuses a request that carries two.</summary>
public sealed class MultiTenantMiddleware(RequestDelegate next)
{
    /// <summary>The error of a request that names more than one tenant.</summary>
    public const string Contradiction = "The credentials and the address of this request belong to different tenants.";

    public async Task InvokeAsync(HttpContext context, ITenantResolver resolver, IMultiTenantContextSetter setter)
    {
        var decided = await resolver.ResolveAsync(context, context.RequestAborted);
        setter.MultiTenantContext = decided;
        if (decided.IsContradictory)
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, Contradiction);
        else
            await next(context);
    }
}
