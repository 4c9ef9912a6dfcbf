using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Reads the texts of stored pages, to compare new texts with them.</summary>
internal static class StoredTexts
{
    /// <returns>The text of each page that is stored, by its external id.</returns>
    public static async Task<Dictionary<string, PageText>> ReadAsync(
        TenantDb db,
        SourceId source,
        IReadOnlyCollection<string> externalIds,
        CancellationToken ct)
    {
        if (externalIds.Count == 0) return [];
        var passages = await db.Documents
            .Where(document => document.SourceId == source && externalIds.Contains(document.ExternalId))
            .Join(
                db.Chunks.Where(chunk => chunk.Ordinal < PageText.MaxPassages),
                document => document.Id,
                chunk => chunk.DocumentId,
                (document, chunk) => new { document.ExternalId, chunk.Text, chunk.Locator })
            .ToListAsync(ct);
        return passages
            .GroupBy(passage => passage.ExternalId, StringComparer.Ordinal)
            .ToDictionary(
                page => page.Key,
                page => new PageText(new Uri(page.Key), page.Select(passage => (passage.Text, passage.Locator))),
                StringComparer.Ordinal);
    }

    /// <summary>Other stored pages of the source: the start page, and a few others chosen at random.</summary>
    public static async Task<List<string>> OtherPagesAsync(
        TenantDb db,
        Source source,
        IReadOnlyCollection<string> except,
        int count,
        CancellationToken ct)
    {
        // Identities are hashes, so that the documents that follow a random one are a random choice. The first one follows the last one.
        await using var command = db.Command(
            """
            with start as materialized (select gen_random_uuid() as identity)
            select external_id from (
              (
                select 0 as place, external_id from documents
                where tenant_id = $1 and source_id = $2 and external_id = $4 and external_id <> all($3)
              ) union all (
                select 1, external_id from documents
                where tenant_id = $1 and source_id = $2 and identity >= (select identity from start)
                  and external_id <> all($3) and external_id <> $4
                order by identity
                limit $5
              ) union all (
                select 2, external_id from documents
                where tenant_id = $1 and source_id = $2 and identity < (select identity from start)
                  and external_id <> all($3) and external_id <> $4
                order by identity
                limit $5
              )
            ) page
            order by place
            limit $5
            """,
            [db.TenantId.Value, source.Id.Value, except.ToArray(), source.Url, count]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var pages = new List<string>();
        while (await rows.ReadAsync(ct)) pages.Add(rows.GetString(0));
        return pages;
    }
}
