using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>Processes a batch of items: fetches, reads, embeds and stores their documents.</summary>
internal sealed partial class BatchRunner(
    TenantDatabase database,
    JobStore jobs,
    ItemReader reader,
    PassageEmbedder embedder,
    IngestionOptions options,
    TimeProvider clock,
    ILogger logger)
{
    private const int ParallelFetches = 4;

    private readonly ParallelSteps _fetches = new(ParallelFetches, options.FetchTime, clock);
    private readonly ParallelSteps _reads = new(Environment.ProcessorCount, options.QuickTime, clock);

    public async Task RunAsync(JobRun run, List<IngestionItem> batch, CancellationToken ct)
    {
        var wereRead = false;
        try
        {
            var outcomes = await FetchAsync(run, batch, ct);
            batch = await ReturnDeferredAsync(run.Lease, batch, outcomes, ct);

            outcomes = await ReadAsync(run, batch, outcomes, ct);
            batch = await ReturnDeferredAsync(run.Lease, batch, outcomes, ct);
            if (batch.Count == 0) return;
            wereRead = true;

            await SuspiciousPages.CheckAsync(database, run, batch, outcomes, ct);
            var canonicals = await DecideOnCanonicalsAsync(run, batch, outcomes, ct);

            var documents = batch.Select(item => outcomes[item].Document).OfType<PreparedDocument>().ToList();
            if (documents.Count > 0) await jobs.SetStatusAsync(run.Job, JobStatus.Embedding, ct);
            var (model, vectors) = await embedder.EmbedAsync(run.Job.TenantId, documents, ct);
            await using var db = await database.BeginAsync(run.Job.TenantId, ct);
            if (!await BatchWriter.WriteAsync(db, run, batch, outcomes, new EmbeddedDocuments(documents, model, vectors), canonicals, ct))
                return;
            await db.CommitAsync(ct);

            var failed = batch.Count(item => outcomes[item].Error is not null);
            IngestionTelemetry.DocumentsEnded(batch.Count - failed, failed);
        }
        catch (Exception e) when (e is OperationCanceledException && ct.IsCancellationRequested || IsUnrelatedToDocuments(e, wereRead))
        {
            await ReturnAsync(run.Lease, batch);
            throw;
        }
    }

    private async Task<Dictionary<IngestionItem, ItemOutcome>> FetchAsync(JobRun run, List<IngestionItem> batch, CancellationToken ct)
    {
        var pages = batch.Where(item => item.Content is null).Select(item => item.ExternalId).ToList();
        var known = new Dictionary<string, KnownPage>(StringComparer.Ordinal);
        if (pages.Count > 0)
        {
            await jobs.SetStatusAsync(run.Job, JobStatus.Fetching, ct);
            await using var db = await database.BeginAsync(run.Job.TenantId, ct);
            known = await CrawlLedger.KnownAsync(db, run.Job.SourceId, pages, ct);
        }

        return await _fetches.RunAsync(
            run.Lease.Lane,
            batch,
            (item, token) => run.Fetcher.FetchAsync(item, known.GetValueOrDefault(item.ExternalId), token),
            ct);
    }

    private async Task<Dictionary<IngestionItem, ItemOutcome>> ReadAsync(
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> fetched,
        CancellationToken ct)
    {
        await jobs.SetStatusAsync(run.Job, JobStatus.Extracting, ct);
        var hashes = await IdentifyAsync(run.Job, batch, fetched, ct);
        var outcomes = await _reads.RunAsync(
            run.Lease.Lane,
            batch,
            (item, token) => reader.ReadAsync(item, fetched[item], hashes.GetValueOrDefault(fetched[item].ExternalId), token),
            ct);
        if (!batch.Exists(item => outcomes[item].Links.Count > 0)) return outcomes;
        var origin = run.Source.Kind == SourceKind.Site ? await run.Visit.OriginAsync(new Uri(run.Source.Url), ct) : null;
        foreach (var item in batch)
            if (outcomes[item].Links.Count > 0)
                outcomes[item] = outcomes[item] with { Links = LinksOfSite(origin, outcomes[item].Links) };
        return outcomes;
    }

    // Gives each page its final id, and returns the content hashes of the documents that are already stored under these ids.
    private async Task<Dictionary<string, byte[]>> IdentifyAsync(
        IngestionJob job,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await PageIdentities.AssignAsync(db, job, batch, outcomes, ct);
        var ids = batch.ConvertAll(item => outcomes[item].ExternalId);
        return await db.Documents
            .Where(document => document.SourceId == job.SourceId && ids.Contains(document.ExternalId))
            .ToDictionaryAsync(document => document.ExternalId, document => document.ContentHash, StringComparer.Ordinal, ct);
    }

    private async Task<CanonicalDecisions> DecideOnCanonicalsAsync(
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(run.Job.TenantId, ct);
        return await CanonicalPages.DecideAsync(db, run, batch, outcomes, ct);
    }

    // Without an origin the source is no site, and its links are not followed.
    private static IReadOnlyList<Uri> LinksOfSite(Uri? origin, IReadOnlyList<Uri> links) => origin is null
        ? []
        : [
            .. links
                .Where(link => PageAddress.BelongsTo(origin, link))
                .Select(link => PageAddress.Normalize(PageAddress.OnOriginOf(origin, link)))
                .Distinct(),
        ];

    // Returns deferred items to the queue. The result is the rest of the batch.
    private async Task<List<IngestionItem>> ReturnDeferredAsync(
        JobLease lease,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var deferred = batch.FindAll(item => outcomes[item].IsDeferred);
        if (deferred.Count == 0) return batch;
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await JobItems.MarkSlowAsync(db, lease.Job, deferred.FindAll(item => outcomes[item].TooSlow), ct);
        await JobItems.ReturnAsync(db, lease.Job, deferred, ct);
        await lease.ConfirmAsync(db, ct);
        await db.CommitAsync(ct);
        foreach (var item in deferred) outcomes.Remove(item);
        return batch.FindAll(outcomes.ContainsKey);
    }

    private async Task ReturnAsync(JobLease lease, List<IngestionItem> batch)
    {
        try
        {
            await using var db = await database.BeginAsync(lease.Tenant, CancellationToken.None);
            await lease.ConfirmAsync(db, CancellationToken.None);
            await JobItems.ReturnAsync(db, lease.Job, batch, CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (LeaseLostException)
        {
            // The items belong to another worker, or their tenant has been deleted.
        }
        catch (Exception e)
        {
            // The caller rethrows the original exception, which matters more.
            LogNotReturned(SanitizedException.From(e), lease.Tenant, lease.Job);
        }
    }

    // An error after all documents have been read is not their fault, unless the database cannot store them (SQLSTATE classes 22 and 54).
    // If the lease is lost, the items belong to another worker.
    private static bool IsUnrelatedToDocuments(Exception exception, bool wereRead) => exception is not LeaseLostException
        && wereRead && exception.GetBaseException() is not PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..] };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not return the items in work of ingestion job {Job} of tenant {Tenant}")]
    private partial void LogNotReturned(Exception exception, TenantId tenant, JobId job);
}
