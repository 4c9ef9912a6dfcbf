using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

/// <summary>
/// The keys for searches of tenants' knowledge at Tavus. If a tenant has its own key, only that key is used, so that a replica id of
/// another account finds nothing.
/// </summary>
public sealed class TenantSearchKeys(TavusAccounts accounts, TenantSecrets secrets) : ITavusSearchKeys
{
    public async ValueTask<string?> OfAsync(TenantId tenant, CancellationToken ct)
    {
        if (await accounts.OfAsync(tenant, ct) is { } account) return account.Key;
        return await secrets.FindAsync(tenant, TenantSecrets.TavusKey, ct) is null
            ? null
            : throw new KnowledgeBaseException(
                KnowledgeFault.Configuration,
                "the tenant's own key can no longer be decrypted; set it again");
    }
}
