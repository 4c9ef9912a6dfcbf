using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Synchronises one tenant's knowledge with Tavus: the copies of its documents at Tavus, and the mirror of its other documents here.
/// </summary>
public sealed class TavusKnowledgeRound(
    TavusAccounts accounts,
    TenantSettingsService settings,
    AccountListing listing,
    TavusPublisher publisher,
    MirrorSync mirror)
{
    /// <summary>The time between two rounds when nothing is in progress.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan BusyInterval = TimeSpan.FromMinutes(1);

    /// <returns>The time until the next round; null when the tenant needs none.</returns>
    public async Task<TimeSpan?> RunAsync(MirrorLease lease, CancellationToken ct)
    {
        var tenant = lease.Tenant;
        var current = await settings.ReadAsync(tenant, ct);
        var published = await publisher.ListAsync(tenant, ct);
        // A mirror that was switched off stays until the next round, in case it is switched on again. Then it is dropped, because it would
        // become stale.
        if (!current.UseTavusKB) await mirror.DropAsync(lease, ct);
        if (!current.UseTavusKB && published.Count == 0) return null;
        if (await accounts.OfAsync(tenant, ct) is not { } account)
        {
            await mirror.FailAsync(lease, TavusMessages.NoKey, ct);
            return Interval;
        }

        try
        {
            var remote = await listing.ReadAsync(account, ct);
            await publisher.ReconcileAsync(tenant, account, remote, ct);
            published = await publisher.ListAsync(tenant, ct);
            if (current.UseTavusKB && !await MirrorAsync(lease, account, remote, current, published, ct)) return BusyInterval;
        }
        catch (TavusException e)
        {
            await mirror.FailAsync(lease, TavusMessages.Of(e), ct);
            return e.Fault == TavusFault.Temporary ? BusyInterval : Interval;
        }

        return published.Any(
            one => one.Status is TavusPublicationStatus.Waiting or TavusPublicationStatus.Processing or TavusPublicationStatus.Removing)
            ? BusyInterval
            : Interval;
    }

    private Task<bool> MirrorAsync(
        MirrorLease lease,
        TavusAccount account,
        AccountDocuments remote,
        TenantSettings current,
        IReadOnlyList<TavusPublication> published,
        CancellationToken ct)
    {
        var copies = published.Select(one => one.TavusDocumentId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var isMirrored = remote.Documents.ToLookup(document =>
            !copies.Contains(document.Id)
                && !AccountListing.IsCopy(document)
                && AccountListing.IsOf(document, lease.Tenant, current, account.BelongsToTenant));
        return mirror.SyncAsync(
            lease,
            new RemoteListing(account.Fingerprint, [.. isMirrored[true].Select(AccountListing.ToRemote)], remote.IsComplete),
            isMirrored[false].Select(document => document.Id).Concat(copies).ToHashSet(StringComparer.Ordinal),
            ct);
    }
}
