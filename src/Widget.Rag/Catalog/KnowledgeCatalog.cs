using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>Which documents are asked for; null asks for all.</summary>
public sealed record DocumentFilter
{
    public SourceId? Source { get; init; }

    public DocumentKind? Kind { get; init; }

    public string? Tag { get; init; }

    /// <summary>A part of the title, address or external id; upper and lower case alike.</summary>
    public string? Query { get; init; }
}

/// <summary>A document and where it comes from.</summary>
/// <param name="Document">The document.</param>
/// <param name="Source">Its source.</param>
/// <param name="Waiting">Whether a newer version of it is waiting to be read.</param>
/// <param name="Error">Why a newer version of it could not be read; null when there is none such.</param>
public sealed record DocumentReport(Document Document, Source Source, bool Waiting, string? Error);

/// <summary>The documents a tenant has.</summary>
public sealed class KnowledgeCatalog(TenantDatabase database)
{
    /// <summary>A page of the tenant's documents, by title, and how many there are in all.</summary>
    public Task<(IReadOnlyList<Document> Documents, int Total)> ListAsync(TenantId tenant, int offset, int limit, CancellationToken ct) =>
        ListAsync(tenant, new DocumentFilter(), offset, limit, ct);

    /// <summary>A page of the tenant's documents that fit, by title, and how many those are in all.</summary>
    public async Task<(IReadOnlyList<Document> Documents, int Total)> ListAsync(TenantId tenant, DocumentFilter filter, int offset, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var documents = db.Documents.AsNoTracking();
        if (filter.Source is { } source) documents = documents.Where(row => row.SourceId == source);
        if (filter.Kind is { } kind) documents = documents.Where(row => row.Kind == kind);
        if (filter.Tag is { } tag) documents = documents.Where(row => row.Tags.Contains(tag));
        if (filter.Query is { Length: > 0 } query)
        {
            var pattern = $"%{query.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
            documents = documents.Where(row => EF.Functions.ILike(row.Title, pattern) || EF.Functions.ILike(row.ExternalId, pattern) || EF.Functions.ILike(row.Url!, pattern));
        }

        var total = await documents.CountAsync(ct);
        return (await documents.OrderBy(row => row.Title).ThenBy(row => row.Id).Skip(offset).Take(limit).ToListAsync(ct), total);
    }

    /// <summary>Null when the tenant has no such document.</summary>
    public async Task<DocumentReport?> FindAsync(TenantId tenant, DocumentId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.Documents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } document) return null;
        var source = await db.Sources.AsNoTracking().SingleAsync(row => row.Id == document.SourceId, ct);
        var jobs = db.Jobs;
        var latest = await db.Items
            .Where(item => item.ExternalId == document.ExternalId && !item.Superseded && item.State != ItemState.Ready
                && jobs.Any(job => job.Id == item.JobId && job.SourceId == source.Id))
            .OrderByDescending(item => item.Ordinal)
            .Select(item => new { item.State, item.Error })
            .FirstOrDefaultAsync(ct);
        return new DocumentReport(document, source, latest?.State is ItemState.Waiting or ItemState.Working, latest?.Error);
    }

    /// <summary>A page of a document's passages, in its order; null when the tenant has no such document.</summary>
    public async Task<(IReadOnlyList<Passage> Passages, int Total)?> PassagesAsync(TenantId tenant, DocumentId id, int offset, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await db.Documents.AnyAsync(row => row.Id == id, ct)) return null;
        var chunks = db.Chunks.Where(row => row.DocumentId == id);
        var page = await chunks.OrderBy(row => row.Ordinal).Skip(offset).Take(limit)
            .Select(row => new Passage(row.Ordinal, row.Text, row.Locator)).ToListAsync(ct);
        return (page, await chunks.CountAsync(ct));
    }

    /// <summary>Deletes a document and everything made from it; false when the tenant has none with this id.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, DocumentId id, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            if (await db.Documents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } document) return false;
            // What was typed goes with the document that was made from it, and what is waiting to be made from it.
            if (document.Kind is DocumentKind.Answer or DocumentKind.Demo && Guid.TryParse(document.ExternalId, out var typed))
            {
                await TypedKnowledge.LockAsync(db, typed, ct);
                await KnowledgeWriter.LockStatisticsAsync(db, ct);
                await IngestionQueue.WithdrawAsync(db, document.SourceId, document.ExternalId, ct);
                id = await db.Documents.Where(row => row.SourceId == document.SourceId && row.ExternalId == document.ExternalId).Select(row => row.Id).SingleOrDefaultAsync(ct);
                await db.Answers.Where(row => row.SourceId == document.SourceId && row.Id == new AnswerId(typed)).ExecuteDeleteAsync(ct);
                await db.Demos.Where(row => row.SourceId == document.SourceId && row.Id == new DemoId(typed)).ExecuteDeleteAsync(ct);
            }

            await KnowledgeWriter.DeleteAsync(db, [id.Value], ct);
            await db.CommitAsync(ct);
        }

        await KnowledgeSettler.SettleAsync(database, tenant, ct);
        return true;
    }
}
