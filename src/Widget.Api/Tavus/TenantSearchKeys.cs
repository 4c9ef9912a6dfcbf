using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

/// <summary>
/// The keys for searches of tenants' knowledge. A tenant with its own key is searched only with it, so that a replica id of another account
/// finds nothing.
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
