namespace Widget.Api.Tenancy.MultiTenancy;

/// <summary>The first strategy that names an identifier decides; the store says whether there is such a tenant.</summary>
public sealed class TenantResolver(IEnumerable<IMultiTenantStrategy> strategies, IMultiTenantStore store) : ITenantResolver
{
    private readonly IMultiTenantStrategy[] _strategies = [.. strategies];

    public async Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken ct)
    {
        foreach (var strategy in _strategies)
        {
            if (await strategy.GetIdentifierAsync(context) is { } identifier)
                return new MultiTenantContext(await store.GetByIdentifierAsync(identifier, ct), strategy);
        }

        return MultiTenantContext.None;
    }
}

/// <summary>Keeps the request's tenant with the request.</summary>
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

/// <summary>Resolves each request's tenant before it is authenticated.</summary>
public sealed class MultiTenantMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, ITenantResolver resolver, IMultiTenantContextSetter setter)
    {
        setter.MultiTenantContext = await resolver.ResolveAsync(context, context.RequestAborted);
        await next(context);
    }
}
