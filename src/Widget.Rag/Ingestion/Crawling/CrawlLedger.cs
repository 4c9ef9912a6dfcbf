using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>A page's state at its last crawl.</summary>
internal sealed record KnownPage(
    string? Etag,
    string? LastModified,
    DateTimeOffset? Listed,
    string[] Links,
    byte[]? Reading,
    bool Indexed,
    DateTimeOffset? FetchedAt,
    bool Stored)
{
    /// <summary>Whether a "304 Not Modified" response is sufficient: the document is stored, or must not be.</summary>
    public bool Usable => Reading is not null && (Stored || !Indexed);
}

/// <summary>Records the state of a source's pages, and removes documents whose pages are gone.</summary>
internal static class CrawlLedger
{
    // Pages with more links, such as long indexes, are always fetched in full.
    private const int MaxLinks = 2_000;

    private const int Slice = 100;

    // This many documents may be removed even if they are most of the site.
    private const int AlwaysRemovable = 5;

    public static async Task<Dictionary<string, KnownPage>> KnownAsync(
        TenantDb db,
        SourceId source,
        IReadOnlyCollection<string> addresses,
        CancellationToken ct) =>
        await db.CrawledPages.AsNoTracking()
            .Where(page => page.SourceId == source && addresses.Contains(page.Address))
            .Select(page => new
            {
                page.Address,
                Known = new KnownPage(
                    page.Etag,
                    page.LastModified,
                    page.Listed,
                    page.Links,
                    page.Reading,
                    page.Indexed,
                    page.FetchedAt,
                    db.Set<Document>().Any(document => document.SourceId == source && document.ExternalId == page.Address)),
            })
            .ToDictionaryAsync(row => row.Address, row => row.Known, StringComparer.Ordinal, ct);

    /// <summary>The new texts that earlier crawls did not store, with the number of crawls in a row, by address.</summary>
    public static async Task<Dictionary<string, (long[] Text, short Visits)>> HeldAsync(
        TenantDb db,
        SourceId source,
        IReadOnlyCollection<string> addresses,
        CancellationToken ct) =>
        await db.CrawledPages.AsNoTracking()
            .Where(page => page.SourceId == source && addresses.Contains(page.Address) && page.HeldText != null)
            .ToDictionaryAsync(page => page.Address, page => (page.HeldText!, page.HeldVisits), StringComparer.Ordinal, ct);

    /// <summary>Records the results of a batch.</summary>
    public static async Task RecordAsync(
        TenantDb db,
        Source source,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var gone = batch.Where(
            item => outcomes[item].ExternalId != item.ExternalId
                || outcomes[item].DuplicateOf is not null
                || outcomes[item] is { Error: not null, ShouldRemove: true })
            .Select(item => item.ExternalId).ToArray();
        if (gone.Length > 0)
            await db.CrawledPages.Where(page => page.SourceId == source.Id && gone.Contains(page.Address)).ExecuteDeleteAsync(ct);

        var seen = batch.Where(
            item => outcomes[item] is { DuplicateOf: null } outcome && !(outcome.Error is not null && outcome.ShouldRemove))
            .Where(item => outcomes[item] is not { Raw: null, Unchanged: false, Error: null }) // no page of this site
            .Where(item => outcomes[item].Failure != FetchFailure.ShownAsMissing)
            .ToList();
        await using var command = db.Batch();
        foreach (var item in seen)
        {
            var outcome = outcomes[item];
            var read = outcome is { Raw: not null, Error: null };
            // With the validators of an answer that was not stored, the next answer would be "not modified", and the error forgotten.
            var validators = outcome.Error is null ? outcome.Page : null;
            var links = outcome.Links.Select(link => link.AbsoluteUri).ToArray();
            // A page excluded by the source's rules is always fetched in full, because the rules may change.
            var reading = read && !outcome.ExcludedByRules && links.Length <= MaxLinks
                ? DocumentReader.HashSettings(item.Document)
                : null;
            command.BatchCommands.Add(new(
                """
                insert into crawled_pages
                  (tenant_id, source_id, address, etag, last_modified, listed, links, reading, indexed, fetched_at, held_text, held_visits)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $10 then now() end, $11, $12)
                on conflict (tenant_id, source_id, address) do update
                  set seen_at = now(),
                      listed = coalesce(excluded.listed, crawled_pages.listed),
                      etag = case when $10 then excluded.etag else coalesce(excluded.etag, crawled_pages.etag) end,
                      last_modified = case when $10 then excluded.last_modified
                              else coalesce(excluded.last_modified, crawled_pages.last_modified) end,
                      links = case when $10 then excluded.links else crawled_pages.links end,
                      reading = case when $10 then excluded.reading else crawled_pages.reading end,
                      indexed = case when $10 then excluded.indexed else crawled_pages.indexed end,
                      fetched_at = case when $10 then now() else crawled_pages.fetched_at end,
                      -- A page that could not be read says nothing about its text.
                      held_text = case when $13 then excluded.held_text else crawled_pages.held_text end,
                      held_visits = case when $13 then excluded.held_visits else crawled_pages.held_visits end
                """)
            {
                Parameters =
                {
                    new() { Value = db.TenantId.Value },
                    new() { Value = source.Id.Value },
                    new() { Value = outcome.ExternalId },
                    Text(validators?.ETag),
                    Text(validators?.LastModified),
                    new()
                    {
                        Value = (object?)item.Document.Modified?.ToUniversalTime() ?? DBNull.Value,
                        NpgsqlDbType = NpgsqlDbType.TimestampTz,
                    },
                    new() { Value = links.Length <= MaxLinks ? links : [] },
                    new() { Value = (object?)reading ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
                    new() { Value = outcome.Index },
                    new() { Value = read },
                    new() { Value = (object?)outcome.HeldText ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
                    new() { Value = outcome.HeldVisits },
                    new() { Value = outcome.Error is null || outcome.HeldText is not null },
                },
            });
        }

        if (command.BatchCommands.Count > 0) await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Removes the pages that a complete crawl of a site did not find any more. If these are most of the site, removes only those that the
    /// previous complete crawl did not find either. Works in slices, each committed only while the lease is held.
    /// </summary>
    /// <returns>Why pages that were not found are kept, in plain words; null when there are none.</returns>
    public static async Task<string?> RemoveGoneAsync(TenantDatabase database, JobLease lease, IngestionJob job, CancellationToken ct)
    {
        DateTimeOffset? since;
        await using (var db = await database.BeginAsync(lease.Tenant, ct)) since = await GoneSinceAsync(db, job, ct);
        while (since is { } time)
        {
            await using var db = await database.BeginAsync(lease.Tenant, ct);
            var gone = await NotSeenSince(db, job.SourceId, time)
                .OrderBy(document => document.Id)
                .Select(document => document.Id)
                .Take(Slice)
                .ToListAsync(ct);
            if (gone.Count == 0)
                await db.CrawledPages.Where(page => page.SourceId == job.SourceId && page.SeenAt < time).ExecuteDeleteAsync(ct);
            else await KnowledgeWriter.DeleteAsync(db, [.. gone.Select(id => id.Value)], ct);
            await lease.ConfirmAsync(db, ct);
            await db.CommitAsync(ct);
            if (gone.Count == 0) break;
        }

        await using var after = await database.BeginAsync(lease.Tenant, ct);
        var kept = await NotSeenSince(after, job.SourceId, job.CreatedAt).CountAsync(ct);
        if (kept == 0) return null;
        var documents = CrawlNotices.Count(kept, "document", "documents");
        return await after.Jobs.AnyAsync(row => row.Id == job.Id && row.Complete, ct)
            ? $"Not found, but kept: {documents}. That is most of the site, so the next complete crawl must confirm it."
            : $"Not found, but kept: {documents}. The crawl was not complete.";
    }

    // Pages not seen since this time are gone; null when no page may be considered gone. A site under maintenance may answer every address
    // with a normal page, so most of a site is removed only when a second crawl agrees.
    private static async Task<DateTimeOffset?> GoneSinceAsync(TenantDb db, IngestionJob job, CancellationToken ct)
    {
        if (!await db.Jobs.AnyAsync(row => row.Id == job.Id && row.Complete && row.Done > 0, ct)) return null;
        var gone = await NotSeenSince(db, job.SourceId, job.CreatedAt).CountAsync(ct);
        var all = await db.Documents.CountAsync(document => document.SourceId == job.SourceId, ct);
        if (gone <= AlwaysRemovable || gone * 2 <= all) return job.CreatedAt;
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

    private static IQueryable<Document> NotSeenSince(TenantDb db, SourceId source, DateTimeOffset since) =>
        db.Documents.Where(document => document.SourceId == source
            && !db.Set<CrawledPage>().Any(page => page.SourceId == source && page.Address == document.ExternalId && page.SeenAt >= since));

    private static Npgsql.NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
