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

/// <summary>Records the state of a source's pages.</summary>
internal static class CrawlLedger
{
    // Pages with more links, such as long indexes, are always fetched in full.
    private const int MaxLinks = 2_000;

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

        // Missing pages keep the time at which they were last seen, because one answer may be wrong.
        var missing = batch.FindAll(item => outcomes[item] is { Error: not null, Failure: FetchFailure.Gone })
            .ConvertAll(item => item.ExternalId);
        if (missing.Count > 0)
            await db.CrawledPages.Where(page => page.SourceId == source.Id && missing.Contains(page.Address)).ExecuteUpdateAsync(
                set => set.SetProperty(page => page.Indexed, false).SetProperty(page => page.Reading, (byte[]?)null),
                ct);

        var seen = batch.Where(
            item => outcomes[item] is { DuplicateOf: null } outcome && !(outcome.Error is not null && outcome.ShouldRemove))
            .Where(item => outcomes[item] is not { Raw: null, Unchanged: false, Error: null }) // no page of this site
            .Where(item => !outcomes[item].IsMissing)
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

    private static Npgsql.NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
