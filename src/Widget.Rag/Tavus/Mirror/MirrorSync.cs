using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>
/// Brings the mirror in line with what Tavus lists: what is new or has changed there is fetched and indexed, what is gone there is taken
/// away, what is as it was costs nothing. Every page is a transaction of its own, so a search sees it whole, and a run that is cut off is
/// gone on with. A listing that was not seen to its end takes nothing away.
/// </summary>
public sealed class MirrorSync(TenantDatabase database, MirrorPages pages, TimeProvider clock)
{
    /// <summary>Most documents that are mirrored; the others say so.</summary>
    public const int MostDocuments = 500;

    /// <summary>Most pages of one crawled document: as many as Tavus crawls.</summary>
    public const int MostPages = 100;

    private const int AtOnce = 4;

    // Workers are few, and the next tenant waits for this one's.
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(5);

    // From the first failure on, doubled at each, so that what is away for good is asked for once a day.
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LastRetry = TimeSpan.FromDays(1);

    /// <param name="lease">The right to do so.</param>
    /// <param name="listing">What Tavus lists.</param>
    /// <param name="others">Documents at Tavus that were seen and are not to be mirrored: another tenant's, and copies of our own.</param>
    /// <param name="ct">Ends the work.</param>
    /// <returns>Whether all was looked at; what was not in the time of a run is the next one's.</returns>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task<bool> SyncAsync(MirrorLease lease, RemoteListing listing, IReadOnlySet<string> others, CancellationToken ct)
    {
        var listed = listing.Documents.Where(document => !others.Contains(document.Id)).DistinctBy(document => document.Id, StringComparer.Ordinal).ToArray();
        var known = await PrepareAsync(lease, listing, [.. listed.Select(document => document.Id)], others, ct);
        var now = clock.GetUtcNow();
        var work = listed.Take(MostDocuments)
            .Where(document => !(known.GetValueOrDefault(document.Id) is { } row && row.Version.AsSpan().SequenceEqual(document.Version()) && !(row.RetryAt <= now)))
            .ToArray();
        var began = clock.GetTimestamp();
        var looked = 0;
        await Parallel.ForEachAsync(
            work,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (document, running) =>
            {
                if (clock.GetElapsedTime(began) > Budget) return;
                await SyncAsync(lease, document, known.GetValueOrDefault(document.Id), running);
                Interlocked.Increment(ref looked);
            });

        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        var mirror = await db.TavusKnowledge.SingleAsync(ct);
        (mirror.SyncedAt, mirror.Error) = (clock.GetUtcNow(), Shortcoming(listing, listed.Length, work.Length - looked));
        // The trace names the time, so what is remembered of searches is not older than it.
        mirror.Revision++;
        await db.CommitAsync(ct);
        return looked == work.Length;
    }

    /// <summary>Notes why the mirror could not be brought up to date; it is searched as it is.</summary>
    public async Task FailAsync(MirrorLease lease, string error, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        (await db.TavusKnowledge.SingleAsync(ct)).Error = error;
        await db.CommitAsync(ct);
    }

    /// <summary>Takes the mirror away; the tenant does not want it any more.</summary>
    public async Task DropAsync(MirrorLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        if (await db.TavusKnowledge.AnyAsync(row => row.Account == null, ct)) return;
        await db.TavusDocuments.ExecuteDeleteAsync(ct);
        await MirrorWriter.CountAsync(db, ct);
        var mirror = await db.TavusKnowledge.SingleAsync(ct);
        (mirror.Account, mirror.SyncedAt, mirror.Error) = (null, null, null);
        await db.CommitAsync(ct);
    }

    private static string? Shortcoming(RemoteListing listing, int listed, int waiting) =>
        waiting > 0 ? string.Create(CultureInfo.InvariantCulture, $"Reading the documents takes long; {waiting} of them wait for the next run, within a minute or so.")
        : !listing.IsComplete ? "Tavus's list of documents changed or broke off while it was read; what it lacked was kept."
        : listed > MostDocuments ? string.Create(CultureInfo.InvariantCulture, $"The account has {listed} documents for this tenant; the first {MostDocuments} are mirrored.")
        : null;

    // What is known, once everything that does not belong there any more is gone.
    private async Task<Dictionary<string, MirroredDocument>> PrepareAsync(
        MirrorLease lease,
        RemoteListing listing,
        string[] listed,
        IReadOnlySet<string> others,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        var mirror = await db.TavusKnowledge.SingleAsync(ct);
        var elsewhere = others.ToArray();
        // Another account's documents are another's, whatever can be said of this one's.
        var gone = mirror.Account != listing.Account ? db.TavusDocuments
            : listing.IsComplete ? db.TavusDocuments.Where(row => !listed.Contains(row.DocumentId))
            : db.TavusDocuments.Where(row => elsewhere.Contains(row.DocumentId));
        if (await gone.ExecuteDeleteAsync(ct) > 0) await MirrorWriter.CountAsync(db, ct);
        mirror.Account = listing.Account;
        var known = await db.TavusDocuments.AsNoTracking().ToDictionaryAsync(row => row.DocumentId, StringComparer.Ordinal, ct);
        await db.CommitAsync(ct);
        return known;
    }

    private async Task SyncAsync(MirrorLease lease, RemoteDocument document, MirroredDocument? known, CancellationToken ct)
    {
        var version = document.Version();
        var changed = known is null || !known.Version.AsSpan().SequenceEqual(version);
        // Until it is done it has no version, so a run that is cut off is gone on with.
        if (changed) await NoteAsync(lease, document, version: [], error: null, known, ct);

        string? error = null;
        if (document.IsFailed)
        {
            await pages.RemoveAsync(lease, document.Id, keep: [], ct);
            error = document.Error is { } words ? $"Tavus could not take it in: {words}" : "Tavus could not take it in.";
        }
        else if (document.IsReady)
        {
            error = await ReadPagesAsync(lease, document, changed, ct);
        }

        await NoteAsync(lease, document, version, error, known, ct);
    }

    // Whatever one document does to its readers, or its address to the database, is its own trouble and not the whole mirror's.
    private async Task<string?> ReadPagesAsync(MirrorLease lease, RemoteDocument document, bool changed, CancellationToken ct)
    {
        try
        {
            return await pages.SyncAsync(lease, document, changed, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException && !DatabaseFaults.IsTransient(e))
        {
            return "It could not be stored.";
        }
    }

    private async Task NoteAsync(MirrorLease lease, RemoteDocument document, byte[] version, string? error, MirroredDocument? known, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        var row = await db.TavusDocuments.SingleOrDefaultAsync(entry => entry.DocumentId == document.Id, ct);
        if (row is null) db.TavusDocuments.Add(row = new MirroredDocument { TenantId = lease.Tenant, DocumentId = document.Id, Name = "", Url = "", Status = "", Version = [] });
        (row.Name, row.Url, row.Status, row.Version, row.Error) = (document.Name, document.Url, document.Status, version, error);
        if (version.Length > 0)
        {
            // What Tavus itself refuses is not fetched again before Tavus says something else.
            var retry = error is not null && !document.IsFailed;
            row.Failures = retry ? (short)Math.Min((known?.Failures ?? 0) + 1, 20) : (short)0;
            row.RetryAt = retry ? clock.GetUtcNow() + TimeSpan.FromTicks(Math.Min(LastRetry.Ticks, FirstRetry.Ticks << Math.Min(row.Failures - 1, 10))) : null;
            row.UpdatedAt = clock.GetUtcNow();
        }

        await db.CommitAsync(ct);
    }
}
