using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

/// <summary>A version of a document.</summary>
/// <param name="SourceId">The document's source.</param>
/// <param name="ExternalId">Its id in the source.</param>
/// <param name="Title">Its title.</param>
/// <param name="ContentHash">Differs between versions.</param>
public sealed record DocumentVersion(SourceId SourceId, string ExternalId, string Title, byte[] ContentHash);

/// <summary>Provides documents as Markdown, for export to other systems.</summary>
public sealed class DocumentTexts(TenantDatabase database)
{
    /// <summary>Returns the documents of the given sources and the other given documents, each once, except those without text.</summary>
    public async Task<IReadOnlyList<DocumentVersion>> FindAsync(
        TenantId tenant,
        IReadOnlyCollection<SourceId> sources,
        IReadOnlyCollection<DocumentId> documents,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Documents
            .Where(row => (sources.Contains(row.SourceId) || documents.Contains(row.Id)) && row.ChunkCount > 0)
            .OrderBy(row => row.Id)
            .Select(row => new DocumentVersion(row.SourceId, row.ExternalId, row.Title, row.ContentHash))
            .ToListAsync(ct);
    }

    /// <summary>Returns a document's current version; null when the document does not exist.</summary>
    public async Task<DocumentVersion?> FindAsync(TenantId tenant, SourceId source, string externalId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Documents
            .Where(row => row.SourceId == source && row.ExternalId == externalId && row.ChunkCount > 0)
            .Select(row => new DocumentVersion(row.SourceId, row.ExternalId, row.Title, row.ContentHash))
            .SingleOrDefaultAsync(ct);
    }

    /// <summary>Returns title, headings and passages in order, as Markdown; null when the document does not exist.</summary>
    public async Task<string?> ReadAsync(TenantId tenant, SourceId source, string externalId, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct, System.Data.IsolationLevel.RepeatableRead);
        var document = await db.Documents.AsNoTracking()
            .SingleOrDefaultAsync(row => row.SourceId == source && row.ExternalId == externalId, ct);
        if (document is null) return null;
        var passages = await db.Chunks.AsNoTracking().Where(row => row.DocumentId == document.Id).OrderBy(row => row.Ordinal)
            .Select(row => new { row.Text, row.Locator }).ToListAsync(ct);
        var text = new StringBuilder($"# {document.Title}\n");
        if (document.Url is { } url) text.Append($"\n{url}\n");
        IReadOnlyList<string> previousHeadings = [];
        foreach (var passage in passages)
        {
            var headings = passage.Locator.Headings;
            var shared = headings.Zip(previousHeadings).TakeWhile(pair => pair.First == pair.Second).Count();
            for (var level = shared; level < headings.Count; level++)
                // The page's first heading usually repeats the title, which is already there.
                if (level > 0 || headings[level] != document.Title)
                    text.Append($"\n{new string('#', Math.Min(level + 2, 6))} {headings[level]}\n");
            previousHeadings = headings;
            text.Append($"\n{passage.Text}\n");
        }

        return text.ToString();
    }
}
