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
        await using var command = db.Command(
            """
            select external_id from documents
            where source_id = $1 and external_id <> all($2)
            order by external_id <> $3, random()
            limit $4
            """,
            [source.Id.Value, except.ToArray(), source.Url, count]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var pages = new List<string>();
        while (await rows.ReadAsync(ct)) pages.Add(rows.GetString(0));
        return pages;
    }
}
