using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>A document whose latest version could not be read.</summary>
/// <param name="Source">Its source.</param>
/// <param name="Job">The job that tried.</param>
/// <param name="ExternalId">Its id in the source.</param>
/// <param name="Url">Its address; null when it has none.</param>
/// <param name="Error">Why, in plain words.</param>
/// <param name="Stored">The earlier version, which is still searchable; null when there is none.</param>
public sealed record FailedDocument(SourceId Source, JobId Job, string ExternalId, string? Url, string Error, DocumentId? Stored);

/// <summary>Lists the documents that could not be read and have not been read since.</summary>
public sealed class FailedDocuments(TenantDatabase database)
{
    /// <summary>Returns a page of the failed documents, latest first, and their number.</summary>
    public async Task<(IReadOnlyList<FailedDocument> Documents, int Total)> ListAsync(
        TenantId tenant,
        SourceId? source,
        int offset,
        int limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var documents = db.Documents;
        var failed =
            from item in db.Items.AsNoTracking()
            where item.State == ItemState.Failed && !item.Superseded
            join job in db.Jobs on item.JobId equals job.Id
            where source == null || job.SourceId == source
            select new { Item = item, job.SourceId };
        var total = await failed.CountAsync(ct);
        var page = await failed.OrderByDescending(row => row.Item.Ordinal).Skip(offset).Take(limit)
            .Select(row => new
            {
                row.SourceId,
                row.Item.JobId,
                row.Item.ExternalId,
                row.Item.Address,
                row.Item.Error,
                Stored = documents
                    .Where(document => document.SourceId == row.SourceId && document.ExternalId == row.Item.ExternalId)
                    .Select(document => (DocumentId?)document.Id)
                    .FirstOrDefault(),
            })
            .ToListAsync(ct);
        return (
            [
                .. page.Select(row =>
                    new FailedDocument(row.SourceId, row.JobId, row.ExternalId, row.Address, row.Error ?? "", row.Stored)),
            ],
            total);
    }
}
