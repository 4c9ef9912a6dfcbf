using Widget.Api.Tavus.Client;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Looks after one tenant's knowledge at Tavus once: the copies of its own documents there, and the mirror of the others here.
/// </summary>
public sealed class TavusKnowledgeRound(
    TavusAccounts accounts,
    TenantSettingsService settings,
    AccountListing listing,
    TavusPublisher publisher,
    MirrorSync mirror)
{
    /// <summary>Between two rounds, when nothing is under way.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <returns>When to do so again; null when there is nothing to look after.</returns>
    public async Task<TimeSpan?> RunAsync(MirrorLease lease, CancellationToken ct)
    {
        var tenant = lease.Tenant;
        var current = await settings.ReadAsync(tenant, ct);
        var published = await publisher.ListAsync(tenant, ct);
        // Switched off for less than a round costs nothing; afterwards it would be a copy that nobody looks at and nobody renews.
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
