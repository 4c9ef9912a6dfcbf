using Microsoft.EntityFrameworkCore;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>Documents and the embeddings of their passages.</summary>
/// <param name="Documents">The documents.</param>
/// <param name="Model">The embedding model.</param>
/// <param name="Vectors">One for each passage; null while the model is unavailable.</param>
internal sealed record EmbeddedDocuments(List<PreparedDocument> Documents, string Model, IReadOnlyList<HalfVector>? Vectors);

/// <summary>Stores the results of a batch.</summary>
internal static class BatchWriter
{
    /// <summary>Writes the results in the caller's transaction.</summary>
    /// <returns>False if an item was withdrawn meanwhile, for example because its answer was changed. The caller must not commit.</returns>
    /// <exception cref="LeaseLostException">Another worker has the job, or it has ended.</exception>
    public static async Task<bool> WriteAsync(
        TenantDb db,
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        EmbeddedDocuments read,
        CanonicalDecisions canonicals,
        CancellationToken ct)
    {
        var (job, source) = (run.Job, run.Source);
        var documents = await TagAsync(db, source, read.Documents, ct);
        await KnowledgeWriter.ReplaceAsync(db, job.SourceId, documents, read.Model, read.Vectors, ct);
        await RemoveAsync(db, source, batch, outcomes, ct);
        var pages = batch.FindAll(item => item.Content is null);
        if (pages.Count > 0) await CrawlLedger.RecordAsync(db, source, pages, outcomes, ct);
        await run.Lease.ConfirmAsync(db, ct);
        if (!await HasAllAsync(db, job, batch, ct)) return false;
        // Completing the items gives pages their final ids. Links to these ids must be followed only afterwards.
        await JobItems.CompleteAsync(db, job, batch, outcomes, ct);
        await CanonicalPages.ApplyAsync(db, job, canonicals, ct);
        if (job.Discovery == Discovery.Links) await FollowLinksAsync(db, run, batch, outcomes, ct);
        return true;
    }

    // Uses the source's current tags. The lock makes a change of the tags wait until these documents are stored.
    private static async Task<List<PreparedDocument>> TagAsync(
        TenantDb db,
        Source source,
        List<PreparedDocument> documents,
        CancellationToken ct)
    {
        await using var command = db.Command("select tags from sources where id = $1 for share", [source.Id.Value]);
        var tags = await command.ExecuteScalarAsync(ct) as string[] ?? throw new LeaseLostException();
        if (tags.Length == 0) return documents;
        return documents.ConvertAll(document => document with { Tags = [.. document.Tags.Union(tags, StringComparer.Ordinal)] });
    }

    private static async Task RemoveAsync(
        TenantDb db,
        Source source,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var ids = batch.SelectMany(item => outcomes[item] switch
        {
            { ShouldRemove: true, DuplicateOf: null } outcome => [item.ExternalId, outcome.ExternalId],
            { ShouldRemove: true } => [item.ExternalId],
            // A person has asked for this one page, and its server says that it does not exist.
            { Failure: FetchFailure.Gone } when source.Kind == SourceKind.Page => [item.ExternalId],
            var outcome when outcome.ExternalId != item.ExternalId => [item.ExternalId],
            _ => Array.Empty<string>(),
        }).ToArray();
        if (ids.Length == 0) return;
        var gone = await db.Documents
            .Where(document => document.SourceId == source.Id && ids.Contains(document.ExternalId))
            .Select(document => document.Id)
            .ToListAsync(ct);
        await KnowledgeWriter.DeleteAsync(db, [.. gone.Select(id => id.Value)], ct);
    }

    private static async Task<bool> HasAllAsync(TenantDb db, IngestionJob job, List<IngestionItem> batch, CancellationToken ct)
    {
        await using var command = db.Command(
            "select count(*) from (select from ingestion_items where job_id = $1 and ordinal = any($2) for update) locked",
            [job.Id.Value, batch.Select(item => item.Ordinal).ToArray()]);
        return (long)(await command.ExecuteScalarAsync(ct))! == batch.Count;
    }

    private static async Task FollowLinksAsync(
        TenantDb db,
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        foreach (var level in batch.GroupBy(item => item.Depth))
        {
            if (level.Key >= (run.Source.Rules.MaxDepth ?? int.MaxValue)) continue;
            var links = level.SelectMany(item => outcomes[item].Links).Where(run.Fetcher.ShouldFollow);
            var pages = links.Select(link => new ListedPage(link)).ToList();
            if (pages.Count > 0)
                await JobCreation.AddPagesAsync(db, run.Job, pages, new DocumentDescription(), (short)(level.Key + 1), ct);
        }
    }
}
