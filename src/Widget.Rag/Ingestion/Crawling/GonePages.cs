using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Removes the documents of a site whose pages are gone, at the end of a crawl.</summary>
/// <remarks>
/// A site on a bad day may answer every address with a normal page, with "not found", or by leading to another site. So one crawl is
/// believed only if the rest of the site is as before:
/// <list type="bullet">
/// <item>A page that its server calls missing (404, 410) is removed, even if the crawl was not complete.</item>
/// <item>A page that a complete crawl did not find is removed.</item>
/// <item>If that is most of the site, or if pages lead away, the previous complete crawl must not have found them either.</item>
/// </list>
/// </remarks>
internal static class GonePages
{
    private const int Slice = 100;

    // This many documents may be removed even if they are most of the site.
    private const int AlwaysRemovable = 5;

    /// <summary>Removes the documents in slices, each committed only while the lease is held.</summary>
    /// <returns>Why pages that were not found are kept, in plain words; null when there are none.</returns>
    public static async Task<string?> RemoveAsync(TenantDatabase database, JobLease lease, IngestionJob job, CancellationToken ct)
    {
        bool believesServer;
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
            believesServer = IsBelievable(await Missing(db, job).CountAsync(ct), await DocumentsAsync(db, job, ct));
        if (believesServer) await RemoveAsync(database, lease, job, db => Missing(db, job), ct);

        DateTimeOffset? since;
        bool leadAway;
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
        {
            leadAway = await LeadAwayAsync(db, job, ct);
            since = await GoneSinceAsync(db, job, leadAway, ct);
        }

        if (since is { } time)
        {
            await RemoveAsync(database, lease, job, db => NotSeenSince(db, job.SourceId, time), ct);
            await ForgetAsync(database, lease, job, time, ct);
        }

        await using var after = await database.BeginAsync(lease.Tenant, ct);
        var kept = await NotSeenSince(after, job.SourceId, job.CreatedAt).CountAsync(ct);
        if (kept == 0) return null;
        var documents = CrawlNotices.Count(kept, "document", "documents");
        var state = await after.Jobs.Where(row => row.Id == job.Id).Select(row => new { row.Complete, row.Done }).SingleAsync(ct);
        return (state.Complete, state.Done, leadAway) switch
        {
            (false, _, _) => $"Not found, but kept: {documents}. The crawl was not complete.",
            (_, 0, _) => $"Not found, but kept: {documents}. No page of the site could be read.",
            (_, _, true) => $"Not found, but kept: {documents}. Pages lead to other sites or to files that cannot be read, so the next "
                + "complete crawl must confirm it.",
            _ => $"Not found, but kept: {documents}. That is most of the site, so the next complete crawl must confirm it.",
        };
    }

    private static async Task RemoveAsync(
        TenantDatabase database,
        JobLease lease,
        IngestionJob job,
        Func<TenantDb, IQueryable<Document>> documents,
        CancellationToken ct)
    {
        while (true)
        {
            await using var db = await database.BeginAsync(lease.Tenant, ct);
            var gone = await documents(db)
                .OrderBy(document => document.Id)
                .Select(document => new { document.Id, document.ExternalId })
                .Take(Slice)
                .ToListAsync(ct);
            if (gone.Count == 0) return;
            string[] addresses = [.. gone.Select(document => document.ExternalId)];
            await KnowledgeWriter.DeleteAsync(db, [.. gone.Select(document => document.Id.Value)], ct);
            await db.CrawledPages.Where(page => page.SourceId == job.SourceId && addresses.Contains(page.Address)).ExecuteDeleteAsync(ct);
            await lease.ConfirmAsync(db, ct);
            await db.CommitAsync(ct);
        }
    }

    // Forgets pages without a document, such as those with noindex, that no longer exist either.
    private static async Task ForgetAsync(
        TenantDatabase database,
        JobLease lease,
        IngestionJob job,
        DateTimeOffset since,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await db.CrawledPages.Where(page => page.SourceId == job.SourceId && page.SeenAt < since).ExecuteDeleteAsync(ct);
        await lease.ConfirmAsync(db, ct);
        await db.CommitAsync(ct);
    }

    // Pages not seen since this time are gone; null when no page may be considered gone.
    private static async Task<DateTimeOffset?> GoneSinceAsync(TenantDb db, IngestionJob job, bool leadAway, CancellationToken ct)
    {
        if (!await db.Jobs.AnyAsync(row => row.Id == job.Id && row.Complete && row.Done > 0, ct)) return null;
        var gone = await NotSeenSince(db, job.SourceId, job.CreatedAt).CountAsync(ct);
        if (!leadAway && IsBelievable(gone, await DocumentsAsync(db, job, ct))) return job.CreatedAt;
        return await db.Jobs
            .Where(
                row => row.SourceId == job.SourceId
                    && row.CreatedAt < job.CreatedAt
                    && row.Status == JobStatus.Ready
                    && row.Complete
                    && row.Done > 0)
            .OrderByDescending(row => row.CreatedAt)
            .Select(row => (DateTimeOffset?)row.CreatedAt)
            .FirstOrDefaultAsync(ct);
    }

    // Whether the documents that were not found may be behind addresses that lead away: the documents' own addresses, or as many others,
    // because a listed address often forwards to the one that is stored.
    private static async Task<bool> LeadAwayAsync(TenantDb db, IngestionJob job, CancellationToken ct)
    {
        var away = db.Items.Where(item => item.JobId == job.Id && item.Finding == PageFinding.LeadsAway);
        if (await away.AnyAsync(item => item.State == ItemState.Failed, ct)) return true;
        var gone = await NotSeenSince(db, job.SourceId, job.CreatedAt).CountAsync(ct);
        return gone > 0 && await away.CountAsync(ct) >= gone;
    }

    private static bool IsBelievable(int gone, int all) => gone * 2 <= all || (gone <= AlwaysRemovable && gone < all);

    private static Task<int> DocumentsAsync(TenantDb db, IngestionJob job, CancellationToken ct) =>
        db.Documents.CountAsync(document => document.SourceId == job.SourceId, ct);

    // Documents whose pages do not exist, according to their server in this crawl (CrawlLedger.RecordAsync).
    private static IQueryable<Document> Missing(TenantDb db, IngestionJob job) =>
        NotSeenSince(db, job.SourceId, job.CreatedAt).Where(document =>
            db.Set<CrawledPage>().Any(page => page.SourceId == job.SourceId && page.Address == document.ExternalId && !page.Indexed)
            && db.Set<IngestionItem>().Any(
                item => item.JobId == job.Id && item.ExternalId == document.ExternalId && item.State == ItemState.Failed));

    private static IQueryable<Document> NotSeenSince(TenantDb db, SourceId source, DateTimeOffset since) =>
        db.Documents.Where(document => document.SourceId == source
            && !db.Set<CrawledPage>().Any(page => page.SourceId == source && page.Address == document.ExternalId && page.SeenAt >= since));
}
