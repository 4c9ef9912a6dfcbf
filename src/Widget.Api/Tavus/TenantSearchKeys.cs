using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

/// <summary>
/// A tenant's knowledge is searched in its own account where it has one: a replica's id of somebody else's opens nothing there.
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
                "the tenant's own key cannot be opened any more; set it again");
    }
}
