using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus;

/// <summary>Tells with whose key a tenant's knowledge at Tavus is searched.</summary>
public interface ITavusSearchKeys
{
    /// <returns>The tenant's own key, or else the installation's; null for a gateway that wants none.</returns>
    /// <exception cref="Search.KnowledgeBaseException">The tenant has a key of its own that cannot be used any more.</exception>
    ValueTask<string?> OfAsync(TenantId tenant, CancellationToken ct);
}

/// <summary>The installation's key for all.</summary>
public sealed class InstallationSearchKey(TavusOptions options) : ITavusSearchKeys
{
    public ValueTask<string?> OfAsync(TenantId tenant, CancellationToken ct) => ValueTask.FromResult(options.Key);
}
