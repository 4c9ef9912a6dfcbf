using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Brings one tenant's knowledge at Tavus up to date once: the copies of its documents there, and the mirror of the other documents here.
/// </summary>
public sealed class TavusKnowledgeRound(
    TavusAccounts accounts,
    TenantSettingsService settings,
    AccountListing listing,
    TavusPublisher publisher,
    MirrorSync mirror)
{
    /// <summary>Between two rounds when nothing is in progress.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <returns>The time until the next round; null when the tenant needs none.</returns>
    public async Task<TimeSpan?> RunAsync(MirrorLease lease, CancellationToken ct)
    {
        var tenant = lease.Tenant;
        var current = await settings.ReadAsync(tenant, ct);
        var published = await publisher.ListAsync(tenant, ct);
        // A mirror that is switched off is kept until the next round, in case it is switched on again. Then it is dropped: it would get
        // stale.
        if (!current.UseTavusKB) await mirror.DropAsync(lease, ct);
        if (!current.UseTavusKB && published.Count == 0) return null;
        if (await accounts.OfAsync(tenant, ct) is not { } account)
        {
            await mirror.FailAsync(lease, TavusWords.NoKey, ct);
            return Pause;
        }

        try
        {
            var there = await listing.ReadAsync(account, ct);
            await publisher.ReconcileAsync(tenant, account, there, ct);
            published = await publisher.ListAsync(tenant, ct);
            if (current.UseTavusKB && !await MirrorAsync(lease, account, there, current, published, ct)) return Soon;
        }
        catch (TavusException e)
        {
            await mirror.FailAsync(lease, TavusWords.Of(e), ct);
            return e.Fault == TavusFault.Temporary ? Soon : Pause;
        }

        return published.Any(
            one => one.Status is TavusPublicationStatus.Waiting or TavusPublicationStatus.Processing or TavusPublicationStatus.Removing)
            ? Soon
            : Pause;
    }

    private Task<bool> MirrorAsync(
        MirrorLease lease,
        TavusAccount account,
        AccountDocuments there,
        TenantSettings current,
        IReadOnlyList<TavusPublication> published,
        CancellationToken ct)
    {
        var copies = published.Select(one => one.TavusDocumentId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var ours = there.Documents.ToLookup(document =>
            !copies.Contains(document.Id)
                && !AccountListing.IsCopy(document)
                && AccountListing.IsOf(document, lease.Tenant, current, account.IsTenants));
        return mirror.SyncAsync(
            lease,
            new RemoteListing(account.Fingerprint, [.. ours[true].Select(AccountListing.Remote)], there.IsComplete),
            ours[false].Select(document => document.Id).Concat(copies).ToHashSet(StringComparer.Ordinal),
            ct);
    }
}
