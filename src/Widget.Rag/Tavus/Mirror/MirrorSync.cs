using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>
/// Synchronises the mirror with Tavus's list. New and changed documents are fetched and indexed, deleted ones are removed, unchanged ones
/// cost nothing. Each page has its own transaction, so a search sees it completely and an interrupted run can continue. An incomplete list
/// removes nothing.
/// </summary>
public sealed class MirrorSync(TenantDatabase database, MirrorPages pages, TimeProvider clock)
{
    /// <summary>Maximum number of mirrored documents. The rest is reported and not mirrored.</summary>
    public const int MaxDocuments = 500;

    /// <summary>Maximum number of pages of a crawled document, the same as Tavus's limit.</summary>
    public const int MaxPages = 100;

    private const int MaxParallel = 4;

    // There are few workers, so one tenant must not occupy a worker for long.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    // Delay after the first failure. Each further failure doubles it, so a permanently missing page is fetched once a day.
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromDays(1);

    /// <param name="lease">The worker's lease.</param>
    /// <param name="listing">Tavus's list.</param>
    /// <param name="others">Documents at Tavus that must not be mirrored: other tenants' documents and copies of own ones.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <returns>Whether all documents were processed. If not, the next run continues with the rest.</returns>
    /// <exception cref="LeaseLostException">Another worker has taken over.</exception>
    public async Task<bool> SyncAsync(MirrorLease lease, RemoteListing listing, IReadOnlySet<string> others, CancellationToken ct)
    {
        var listed = listing.Documents
            .Where(document => !others.Contains(document.Id))
            .DistinctBy(document => document.Id, StringComparer.Ordinal)
            .ToArray();
        var known = await PrepareAsync(lease, listing, [.. listed.Select(document => document.Id)], others, ct);
        var now = clock.GetUtcNow();
        var work = listed.Take(MaxDocuments)
            .Where(
                document =>
                    !(
                        known.GetValueOrDefault(document.Id) is { } row
                            && row.Version.AsSpan().SequenceEqual(document.Version())
                            && !(row.RetryAt <= now)))
            .ToArray();
        var began = clock.GetTimestamp();
        var done = 0;
        await Parallel.ForEachAsync(
            work,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = ct },
            async (document, running) =>
            {
                if (clock.GetElapsedTime(began) > MaxTime) return;
                await SyncAsync(lease, document, known.GetValueOrDefault(document.Id), running);
                Interlocked.Increment(ref done);
            });

        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        var mirror = await db.TavusKnowledge.SingleAsync(ct);
        (mirror.SyncedAt, mirror.Error) = (clock.GetUtcNow(), Incompleteness(listing, listed.Length, work.Length - done));
        // The trace of a search shows the time of the sync, so cached searches must not be older.
        mirror.Revision++;
        await db.CommitAsync(ct);
        return done == work.Length;
    }

    /// <summary>Records why the synchronisation failed. Searches continue to use the existing mirror.</summary>
    public async Task FailAsync(MirrorLease lease, string error, CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        (await db.TavusKnowledge.SingleAsync(ct)).Error = error;
        await db.CommitAsync(ct);
    }

    /// <summary>Deletes the mirror of a tenant that no longer uses it.</summary>
    public async Task DropAsync(MirrorLease lease, CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        if (await db.TavusKnowledge.AnyAsync(row => row.Account == null, ct)) return;
        await db.TavusDocuments.ExecuteDeleteAsync(ct);
        await MirrorWriter.CountAsync(db, ct);
        var mirror = await db.TavusKnowledge.SingleAsync(ct);
        (mirror.Account, mirror.SyncedAt, mirror.Error) = (null, null, null);
        await db.CommitAsync(ct);
    }

    private static string? Incompleteness(RemoteListing listing, int listed, int waiting) =>
        waiting > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Reading the documents takes a while. {waiting} of them wait for the next run in about a minute.")
        : !listing.IsComplete ? "Tavus's list of documents changed or was interrupted while it was read. Missing documents were kept."
        : listed > MaxDocuments
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The account has {listed} documents for this tenant. Only the first {MaxDocuments} are mirrored.")
        : null;

    // Returns the known documents, after removing those that no longer belong to the mirror.
    private async Task<Dictionary<string, MirroredDocument>> PrepareAsync(
        MirrorLease lease,
        RemoteListing listing,
        string[] listed,
        IReadOnlySet<string> others,
        CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        var mirror = await db.TavusKnowledge.SingleAsync(ct);
        var elsewhere = others.ToArray();
        // Documents of another account belong to it, even if this account has documents with the same ids.
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
        // A document gets its version only when it is done, so an interrupted run continues.
        if (changed) await SaveStateAsync(lease, document, version: [], error: null, known, ct);

        string? error = null;
        if (document.IsFailed)
        {
            await pages.RemoveAsync(lease, document.Id, keep: [], ct);
            error = document.Error is { } reason ? $"Tavus could not read it: {reason}" : "Tavus could not read it.";
        }
        else if (document.IsReady)
        {
            error = await ReadPagesAsync(lease, document, changed, ct);
        }

        await SaveStateAsync(lease, document, version, error, known, ct);
    }

    // An error with one document must not fail the whole mirror.
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

    private static TimeSpan RetryDelay(int failures) =>
        TimeSpan.FromTicks(Math.Min(MaxRetryDelay.Ticks, FirstRetryDelay.Ticks << Math.Min(failures - 1, 10)));

    private async Task SaveStateAsync(
        MirrorLease lease,
        RemoteDocument document,
        byte[] version,
        string? error,
        MirroredDocument? known,
        CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        var row = await db.TavusDocuments.SingleOrDefaultAsync(entry => entry.DocumentId == document.Id, ct);
        if (row is null)
            db.TavusDocuments.Add(
                row = new MirroredDocument
                {
                    TenantId = lease.Tenant,
                    DocumentId = document.Id,
                    Name = "",
                    Url = "",
                    Status = "",
                    Version = [],
                });
        (row.Name, row.Url, row.Status, row.Version, row.Error) = (document.Name, document.Url, document.Status, version, error);
        if (version.Length > 0)
        {
            // A document that Tavus could not read is fetched again only when Tavus reports a change.
            var retry = error is not null && !document.IsFailed;
            row.Failures = retry ? (short)Math.Min((known?.Failures ?? 0) + 1, 20) : (short)0;
            row.RetryAt = retry ? clock.GetUtcNow() + RetryDelay(row.Failures) : null;
            row.UpdatedAt = clock.GetUtcNow();
        }

        await db.CommitAsync(ct);
    }
}
