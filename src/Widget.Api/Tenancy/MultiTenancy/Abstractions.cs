// The names and shapes of Finbuckle.MultiTenant's abstractions, as far as they are used, so that the package can take the
// place of this folder (docs/decisions/0006-multi-tenancy.md).
using Widget.Rag.Storage;

namespace Widget.Api.Tenancy.MultiTenancy;

public interface ITenantInfo
{
    /// <summary>The tenant's id as text.</summary>
    string Id { get; }

    /// <summary>The tenant's name in addresses.</summary>
    string Identifier { get; }
}

/// <summary>The tenant a request is about.</summary>
public sealed record TenantInfo(TenantId TenantId, string Slug, string Name) : ITenantInfo
{
    string ITenantInfo.Id => TenantId.ToString();

    string ITenantInfo.Identifier => Slug;
}

public interface IMultiTenantContext
{
    /// <summary>Null when the request names no tenant, or one that does not exist.</summary>
    TenantInfo? TenantInfo { get; }

    /// <summary>The strategy that named the tenant.</summary>
    IMultiTenantStrategy? Strategy { get; }
}

public sealed record MultiTenantContext(TenantInfo? TenantInfo, IMultiTenantStrategy? Strategy) : IMultiTenantContext
{
    public static MultiTenantContext None { get; } = new(null, null);
}

/// <summary>Gives the running request's tenant.</summary>
public interface IMultiTenantContextAccessor
{
    IMultiTenantContext MultiTenantContext { get; }
}

public interface IMultiTenantContextSetter
{
    IMultiTenantContext MultiTenantContext { set; }
}

/// <summary>One way to tell which tenant something is about.</summary>
public interface IMultiTenantStrategy
{
    /// <summary>A site key, an API key, a slug or an id that the store knows to find; null when this is not the way.</summary>
    /// <param name="context">The request, or what a request carries.</param>
    Task<string?> GetIdentifierAsync(object context);
}

/// <summary>Knows the tenants.</summary>
public interface IMultiTenantStore
{
    Task<TenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken ct);
}

/// <summary>Asks the strategies in turn, and the store for what they name.</summary>
public interface ITenantResolver
{
    Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken ct);
}
