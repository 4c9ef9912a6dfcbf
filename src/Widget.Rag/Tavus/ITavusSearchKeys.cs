using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus;

/// <summary>Provides the key for searches of a tenant's Tavus knowledge.</summary>
public interface ITavusSearchKeys
{
    /// <returns>The tenant's own key, otherwise the installation's; null for a gateway without a key.</returns>
    /// <exception cref="Search.KnowledgeBaseException">The tenant's own key is no longer usable.</exception>
    ValueTask<string?> OfAsync(TenantId tenant, CancellationToken ct);
}

/// <summary>The installation's key, for all tenants.</summary>
public sealed class InstallationSearchKey(TavusOptions options) : ITavusSearchKeys
{
    public ValueTask<string?> OfAsync(TenantId tenant, CancellationToken ct) => ValueTask.FromResult(options.Key);
}
