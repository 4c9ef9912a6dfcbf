using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

/// <summary>
/// Searches a tenant's knowledge with its own key if it has one, so that another account's replica id finds nothing.
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
