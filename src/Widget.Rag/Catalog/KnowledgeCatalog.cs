using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>Selects documents. A null property matches all documents.</summary>
public sealed record DocumentFilter
{
    public SourceId? Source { get; init; }

    public DocumentKind? Kind { get; init; }

    public string? Tag { get; init; }

    /// <summary>Part of the title, address or external id, case-insensitive.</summary>
    public string? Query { get; init; }
}

/// <summary>A document with its source.</summary>
/// <param name="Document">The document.</param>
/// <param name="Source">Its source.</param>
/// <param name="Waiting">Whether a newer version is queued or being processed.</param>
/// <param name="Error">Why the newest version could not be processed; null when it did not fail.</param>
public sealed record DocumentReport(Document Document, Source Source, bool Waiting, string? Error);

/// <summary>Lists and deletes a tenant's documents.</summary>
public sealed class KnowledgeCatalog(TenantDatabase database)
{
    /// <summary>Returns a page of the tenant's documents, ordered by title, and the total number.</summary>
    public Task<(IReadOnlyList<Document> Documents, int Total)> ListAsync(TenantId tenant, int offset, int limit, CancellationToken ct) =>
        ListAsync(tenant, new DocumentFilter(), offset, limit, ct);

    /// <summary>Returns a page of the tenant's documents that match the filter, ordered by title, and their total number.</summary>
    public async Task<(IReadOnlyList<Document> Documents, int Total)> ListAsync(
        TenantId tenant,
        DocumentFilter filter,
        int offset,
        int limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var documents = db.Documents.AsNoTracking();
        if (filter.Source is { } source) documents = documents.Where(row => row.SourceId == source);
        if (filter.Kind is { } kind) documents = documents.Where(row => row.Kind == kind);
        if (filter.Tag is { } tag) documents = documents.Where(row => row.Tags.Contains(tag));
        if (filter.Query is { Length: > 0 } query)
        {
            var escaped = query
                .Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace("%", @"\%", StringComparison.Ordinal)
                .Replace("_", @"\_", StringComparison.Ordinal);
            var pattern = $"%{escaped}%";
            documents = documents.Where(
                row => EF.Functions.ILike(row.Title, pattern)
                    || EF.Functions.ILike(row.ExternalId, pattern)
                    || EF.Functions.ILike(row.Url!, pattern));
        }

        var total = await documents.CountAsync(ct);
        return (await documents.OrderBy(row => row.Title).ThenBy(row => row.Id).Skip(offset).Take(limit).ToListAsync(ct), total);
    }

    /// <summary>
    /// Returns, for documents of which a newer version is queued or has failed, whether it is queued, and the error. Others are ready.
    /// </summary>
    public async Task<IReadOnlyDictionary<DocumentId, (bool Waiting, string? Error)>> StatesAsync(
        TenantId tenant,
        IReadOnlyList<Document> documents,
        CancellationToken ct)
    {
        if (documents.Count == 0) return new Dictionary<DocumentId, (bool, string?)>();
        await using var db = await database.BeginAsync(tenant, ct);
        var jobs = db.Jobs;
        string[] names = [.. documents.Select(document => document.ExternalId)];
        var items = await db.Items.AsNoTracking()
            .Where(item => names.Contains(item.ExternalId) && !item.Superseded && item.State != ItemState.Ready)
            .Join(jobs, item => item.JobId, job => job.Id, (item, job) => new
            {
                job.SourceId,
                item.ExternalId,
                item.Ordinal,
                item.State,
                item.Error,
            })
            .OrderBy(item => item.Ordinal)
            .ToListAsync(ct);
        var latest = items.GroupBy(item => (item.SourceId, item.ExternalId)).ToDictionary(group => group.Key, group => group.Last());
        return documents
            .Where(document => latest.ContainsKey((document.SourceId, document.ExternalId)))
            .ToDictionary(document => document.Id, document =>
            {
                var item = latest[(document.SourceId, document.ExternalId)];
                return (item.State is ItemState.Waiting or ItemState.Working, item.Error);
            });
    }

    /// <summary>Returns a document; null when the tenant has none with this id.</summary>
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

    /// <summary>Returns a page of a document's passages in order; null when the tenant has no such document.</summary>
    public async Task<(IReadOnlyList<Passage> Passages, int Total)?> PassagesAsync(
        TenantId tenant,
        DocumentId id,
        int offset,
        int limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await db.Documents.AnyAsync(row => row.Id == id, ct)) return null;
        var chunks = db.Chunks.Where(row => row.DocumentId == id);
        var page = await chunks.OrderBy(row => row.Ordinal).Skip(offset).Take(limit)
            .Select(row => new Passage(row.Ordinal, row.Text, row.Locator)).ToListAsync(ct);
        return (page, await chunks.CountAsync(ct));
    }

    /// <summary>Deletes a document with its passages. Returns false when the tenant has none with this id.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, DocumentId id, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            if (await db.Documents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } document) return false;
            // If the document was made from a typed entry, the entry and its queued job are deleted too.
            if (document.Kind is DocumentKind.Answer or DocumentKind.Demo && Guid.TryParse(document.ExternalId, out var typed))
            {
                await TypedKnowledge.LockAsync(db, typed, ct);
                await KnowledgeWriter.LockStatisticsAsync(db, ct);
                await JobCreation.WithdrawAsync(db, document.SourceId, document.ExternalId, ct);
                id = await db.Documents
                    .Where(row => row.SourceId == document.SourceId && row.ExternalId == document.ExternalId)
                    .Select(row => row.Id)
                    .SingleOrDefaultAsync(ct);
                await db.Answers.Where(row => row.SourceId == document.SourceId && row.Id == new AnswerId(typed)).ExecuteDeleteAsync(ct);
                await db.Demos.Where(row => row.SourceId == document.SourceId && row.Id == new DemoId(typed)).ExecuteDeleteAsync(ct);
            }

            await KnowledgeWriter.DeleteAsync(db, [id.Value], ct);
            await db.CommitAsync(ct);
        }

        await IngestionFinalizer.FinalizeAsync(database, tenant, ct);
        return true;
    }
}
