// These types have the names and shapes of Finbuckle.MultiTenant's abstractions, as far as they are used. So the package can replace this
// folder (docs/decisions/0006-multi-tenancy.md).
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy.MultiTenancy;

public interface ITenantInfo
{
    /// <summary>The tenant's id as text.</summary>
    string Id { get; }

    /// <summary>The tenant's name in URLs.</summary>
    string Identifier { get; }
}

/// <summary>The tenant that a request acts for.</summary>
public sealed record TenantInfo(TenantId TenantId, string Slug, string Name) : ITenantInfo
{
    /// <summary>The API key that identified the tenant. Null if something else did.</summary>
    public UsedKey? Key { get; init; }

    string ITenantInfo.Id => TenantId.ToString();

    string ITenantInfo.Identifier => Slug;
}

/// <summary>An API key or model key that a request was made with.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Name">The tenant's name for it.</param>
/// <param name="Scopes">What it allows, such as <c>leads.read</c>; null for everything.</param>
public sealed record UsedKey(Guid Id, string Name, IReadOnlyList<string>? Scopes);

public interface IMultiTenantContext
{
    /// <summary>Null when the request names no tenant, or one that does not exist.</summary>
    TenantInfo? TenantInfo { get; }

    /// <summary>The strategy that found the tenant's identifier, even if there is no such tenant.</summary>
    IMultiTenantStrategy? Strategy { get; }

    /// <summary>The request names more than one tenant, so it acts for none.</summary>
    bool IsContradictory { get; }
}

public sealed record MultiTenantContext(
    TenantInfo? TenantInfo,
    IMultiTenantStrategy? Strategy,
    bool IsContradictory = false) : IMultiTenantContext
{
    public static MultiTenantContext None { get; } = new(null, null);

    public static MultiTenantContext Contradiction { get; } = new(null, null, IsContradictory: true);
}

/// <summary>Gives the current request's tenant.</summary>
public interface IMultiTenantContextAccessor
{
    IMultiTenantContext MultiTenantContext { get; }
}

public interface IMultiTenantContextSetter
{
    IMultiTenantContext MultiTenantContext { set; }
}

/// <summary>One way to identify the tenant of a request.</summary>
public interface IMultiTenantStrategy
{
    /// <summary>
    /// Whether the strategy reads a credential, which proves which tenant the caller acts for. The other strategies read an address, which
    /// any caller can choose.
    /// </summary>
    bool ReadsCredential => false;

    /// <summary>
    /// A site key, an API key, a slug or an id that the store can find; null when the request has none for this strategy.
    /// </summary>
    /// <param name="context">The request, or a part of it.</param>
    Task<string?> GetIdentifierAsync(object context);
}

/// <summary>Finds tenants.</summary>
public interface IMultiTenantStore
{
    Task<TenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken ct);
}

/// <summary>Decides which tenant a request acts for (docs/decisions/0006-multi-tenancy.md).</summary>
public interface ITenantResolver
{
    /// <param name="context">The request, or a part of it.</param>
    /// <param name="ct">Ends the wait.</param>
    Task<IMultiTenantContext> ResolveAsync(object context, CancellationToken ct);

    /// <summary>Decides by a request and its body, which may also name a tenant.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="ct">Ends the wait.</param>
    Task<IMultiTenantContext> ResolveAsync(HttpContext request, object body, CancellationToken ct);
}
