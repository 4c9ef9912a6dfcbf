using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Embeddings;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Works through a job's items, a batch at a time. A batch's documents, its items' ends and the job's progress are one
/// commit, which is made only by the worker that holds the job, so a node may die or freeze anywhere: whoever takes the job over does the
/// interrupted batch again and nothing twice.
/// </summary>
public sealed partial class JobRunner(
    TenantDatabase database,
    DocumentReader reader,
    PageFetcher fetcher,
    HostQueue hosts,
    FetchOptions fetching,
    EmbeddingModels models,
    ServingModels embeddings,
    TimeProvider clock,
    ILogger<JobRunner> logger,
    IngestionOptions? options = null)
{
    private const int PageBatch = 16;
    private const int ParallelFetches = 4;
    private const short MostFaults = 10;

    private readonly IngestionOptions _options = options ?? new IngestionOptions();

    /// <summary>
    /// Runs the job to its end or for a turn, so that no tenant's large job keeps all others waiting.
    /// </summary>
    /// <param name="lease">The caller's hold on the job.</param>
    /// <param name="turn">How long to go on; what is left is done at another turn.</param>
    /// <param name="ct">Says that the lease is lost or the node stops.</param>
    /// <returns>Whether the job has ended.</returns>
    public async Task<bool> RunAsync(JobLease lease, TimeSpan turn, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var (job, source) = await FindAsync(lease, ct);
        if (job.Work == JobWork.Delete) return await SourceRemoval.RunAsync(database, lease, source.Id, () => clock.GetElapsedTime(start) >= turn, ct);
        try
        {
            var visit = new SiteVisit(fetcher, hosts, fetching, clock, ct);
            if (await PrepareAsync(lease, job, source, visit, ct) is not { } size) return false;
            while (await TakeBatchAsync(lease, job, size, ct) is { Count: > 0 } batch)
            {
                await RunBatchAsync(lease, job, source, new ItemFetcher(visit, source), batch, ct);
                if (clock.GetElapsedTime(start) >= turn) return false;
            }

            if (await LeaveToSlowLaneAsync(lease, ct)) return false;

            if (source.Kind == SourceKind.Site) await CrawlLedger.RemoveGoneAsync(database, lease, job, ct);
            await KnowledgeSettler.SettleAsync(database, job.TenantId, ct);
            await FinishAsync(lease, error: null, ct);
        }
        catch (IngestionFailureException e)
        {
            await FinishAsync(lease, e.Message, ct);
        }

        return true;
    }

    /// <summary>Counts a fault of ours; a job that meets one after another without getting on is ended.</summary>
    public async Task CountFaultAsync(JobLease lease, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
        {
            await lease.ConfirmAsync(db, ct);
            var job = await db.Jobs.SingleAsync(row => row.Id == lease.Job, ct);
            job.Faults++;
            await db.CommitAsync(ct);
            if (job.Faults < MostFaults) return;
        }

        await FinishAsync(lease, "This could not be finished because of a fault of ours, which has been logged.", ct);
    }

    private async Task<(IngestionJob Job, Source Source)> FindAsync(JobLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == lease.Job, ct) ?? throw new LeaseLostException();
        return (job, await db.Sources.AsNoTracking().SingleAsync(row => row.Id == job.SourceId, ct));
    }

    // A site's own map is read, or those that its robots.txt names beside the links of its pages.
    private async Task ListAsync(JobLease lease, IngestionJob job, Source source, SiteVisit visit, CancellationToken ct)
    {
        await ReportAsync(job, JobStatus.Fetching, ct);
        var maps = new SiteMap(visit.FetchSiteMapAsync, clock);
        var items = new ItemFetcher(visit, source);
        var address = new Uri(source.Url);
        var (pages, complete) = (new List<ListedPage>(), true);
        if (job.Discovery == Discovery.SiteMap)
        {
            var listed = await maps.ReadAsync(address, job.PageLimit, ct);
            if (listed.Pages.Count == 0) throw new IngestionFailureException($"The site map at {source.Url} names no pages of this site.");
            (pages, complete) = ([.. listed.Pages], listed.Complete);
        }
        else
        {
            foreach (var named in (await visit.RobotsAsync(address, ct)).SiteMaps)
            {
                if (!Uri.TryCreate(address, named, out var map) || !PageAddress.IsSameSite(address, map)) continue;
                try
                {
                    var listed = await maps.ReadAsync(map, job.PageLimit, ct);
                    pages.AddRange(listed.Pages);
                    complete &= listed.Complete;
                }
                catch (IngestionFailureException)
                {
                    // The links are there, too; but what only this map named must not be taken for gone.
                    complete = false;
                }
            }
        }

        await using var db = await database.BeginAsync(job.TenantId, ct);
        await lease.ConfirmAsync(db, ct);
        await IngestionQueue.AddPagesAsync(db, job, [.. pages.Where(page => job.Discovery == Discovery.SiteMap || items.Wants(page.Address))], new DocumentDescription(), depth: 0, ct);
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Listed, true).SetProperty(row => row.Complete, row => row.Complete && complete),
            ct);
        await db.CommitAsync(ct);
    }

    private async Task<List<IngestionItem>> TakeBatchAsync(JobLease lease, IngestionJob job, int pages, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(job.TenantId, ct);
        var batch = await JobItems.TakeAsync(db, job, pages, lease.Lane, ct);
        await db.CommitAsync(ct);
        return batch;
    }

    private async Task RunBatchAsync(JobLease lease, IngestionJob job, Source source, ItemFetcher items, List<IngestionItem> batch, CancellationToken ct)
    {
        var read = false;
        try
        {
            var pages = batch.Where(item => item.Content is null).Select(item => item.ExternalId).ToList();
            if (pages.Count > 0) await ReportAsync(job, JobStatus.Fetching, ct);
            var known = pages.Count > 0 ? await KnownPagesAsync(job, pages, ct) : [];
            var outcomes = await EachAsync(
                lease.Lane, batch, ParallelFetches, _options.FetchTime, (item, token) => items.FetchAsync(item, known.GetValueOrDefault(item.ExternalId), token), ct);
            batch = await InTimeAsync(lease, batch, outcomes, ct);

            await ReportAsync(job, JobStatus.Extracting, ct);
            var hashes = await NameAsync(job, batch, outcomes, ct);
            outcomes = await EachAsync(
                lease.Lane,
                batch,
                Environment.ProcessorCount,
                _options.QuickTime,
                async (item, token) => await ReadAsync(item, outcomes[item], hashes.GetValueOrDefault(outcomes[item].ExternalId), token),
                ct);
            batch = await InTimeAsync(lease, batch, outcomes, ct);
            if (batch.Count == 0) return;
            read = true;
            foreach (var item in batch)
                if (outcomes[item].Links.Count > 0) outcomes[item] = outcomes[item] with { Links = SameSite(source, outcomes[item].Links) };

            var documents = batch.Select(item => outcomes[item].Document).OfType<PreparedDocument>().ToList();
            if (documents.Count > 0) await ReportAsync(job, JobStatus.Embedding, ct);
            var texts = documents.SelectMany(document => document.Passages.Select(document.EmbeddedText)).ToList();
            var (model, vectors) = await EmbedAsync(job.TenantId, texts, ct);

            await using var db = await database.BeginAsync(job.TenantId, ct);
            documents = await TagAsync(db, source, documents, ct);
            await KnowledgeWriter.ReplaceAsync(db, job.SourceId, documents, model, vectors, ct);
            await RemoveAsync(db, source, batch, outcomes, ct);
            if (pages.Count > 0) await CrawlLedger.RecordAsync(db, source, batch.FindAll(item => item.Content is null), outcomes, ct);
            await lease.ConfirmAsync(db, ct);
            // What was taken back while it was read, such as an answer that has been changed or deleted, must not come in after all.
            if (!await HasAllAsync(db, job, batch, ct)) return;
            // Pages have their final names before links to these names are followed.
            await JobItems.EndAsync(db, job, batch, outcomes, ct);
            if (job.Discovery == Discovery.Links) await FollowAsync(db, job, source, items, batch, outcomes, ct);
            await db.CommitAsync(ct);
            var failed = batch.Count(item => outcomes[item].Error is not null);
            IngestionTelemetry.DocumentsEnded(batch.Count - failed, failed);
        }
        catch (Exception e) when (e is OperationCanceledException && ct.IsCancellationRequested || IsInnocent(e, read))
        {
            await GiveBackAsync(lease, batch);
            throw;
        }
    }

    // A document is found by its words even while the model cannot be asked; its vectors come later.
    private async Task<(string Model, IReadOnlyList<HalfVector>? Vectors)> EmbedAsync(TenantId tenant, List<string> texts, CancellationToken ct)
    {
        var model = (await embeddings.ServingAsync(tenant, ct)).Name;
        try
        {
            return (model, await models.EmbedAsync(model, texts, ct));
        }
        catch (EmbeddingUnavailableException)
        {
            return (model, null);
        }
    }

    private async Task GiveBackAsync(JobLease lease, List<IngestionItem> batch)
    {
        try
        {
            await using var db = await database.BeginAsync(lease.Tenant, CancellationToken.None);
            await lease.ConfirmAsync(db, CancellationToken.None);
            await JobItems.GiveBackAsync(db, lease.Job, batch, CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // The fault that led here matters more.
            LogNotGivenBack(e, lease.Tenant, lease.Job);
        }
    }

    // A node that stops in the middle says nothing against the documents, nor does a fault that comes after they have been read; unless it is
    // that the database cannot hold them (SQLSTATE classes 22 and 54).
    private static bool IsInnocent(Exception exception, bool read) => exception is not LeaseLostException
        && read && exception.GetBaseException() is not PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..] };

    private async Task<Dictionary<string, KnownPage>> KnownPagesAsync(IngestionJob job, List<string> pages, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(job.TenantId, ct);
        return await CrawlLedger.KnownAsync(db, job.SourceId, pages, ct);
    }

    // The hashes of the documents that are there, by the names that the batch's documents have.
    private async Task<Dictionary<string, byte[]>> NameAsync(IngestionJob job, List<IngestionItem> batch, Dictionary<IngestionItem, ItemOutcome> outcomes, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await PageIdentities.SettleAsync(db, job, batch, outcomes, ct);
        var ids = batch.ConvertAll(item => outcomes[item].ExternalId);
        return await db.Documents
            .Where(document => document.SourceId == job.SourceId && ids.Contains(document.ExternalId))
            .ToDictionaryAsync(document => document.ExternalId, document => document.ContentHash, StringComparer.Ordinal, ct);
    }

    // The source's tags as they are now; whoever changes them waits until these documents are there to be changed with the others.
    private static async Task<List<PreparedDocument>> TagAsync(TenantDb db, Source source, List<PreparedDocument> documents, CancellationToken ct)
    {
        await using var command = db.Command("select tags from sources where id = $1 for share", [source.Id.Value]);
        var tags = await command.ExecuteScalarAsync(ct) as string[] ?? throw new LeaseLostException();
        return tags.Length == 0 ? documents : documents.ConvertAll(document => document with { Tags = [.. document.Tags.Union(tags, StringComparer.Ordinal)] });
    }

    private static async Task RemoveAsync(TenantDb db, Source source, List<IngestionItem> batch, Dictionary<IngestionItem, ItemOutcome> outcomes, CancellationToken ct)
    {
        var names = batch.SelectMany(item => outcomes[item] switch
        {
            { Remove: true } outcome => outcome.AsideFor is null ? [item.ExternalId, outcome.ExternalId] : new[] { item.ExternalId },
            var outcome when outcome.ExternalId != item.ExternalId => [item.ExternalId],
            _ => [],
        }).ToArray();
        if (names.Length == 0) return;
        var gone = await db.Documents.Where(document => document.SourceId == source.Id && names.Contains(document.ExternalId)).Select(document => document.Id).ToListAsync(ct);
        await KnowledgeWriter.DeleteAsync(db, [.. gone.Select(id => id.Value)], ct);
    }

    private static async Task<bool> HasAllAsync(TenantDb db, IngestionJob job, List<IngestionItem> batch, CancellationToken ct)
    {
        await using var command = db.Command(
            "select count(*) from (select from ingestion_items where job_id = $1 and ordinal = any($2) for update) held",
            [job.Id.Value, batch.Select(item => item.Ordinal).ToArray()]);
        return (long)(await command.ExecuteScalarAsync(ct))! == batch.Count;
    }

    private static IReadOnlyList<Uri> SameSite(Source source, IReadOnlyList<Uri> links)
    {
        if (source.Kind != SourceKind.Site) return [];
        var start = new Uri(source.Url);
        return [.. links.Select(PageAddress.Normalize).Where(link => PageAddress.BelongsTo(start, link)).Distinct()];
    }

    private static async Task FollowAsync(
        TenantDb db,
        IngestionJob job,
        Source source,
        ItemFetcher items,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        foreach (var level in batch.GroupBy(item => item.Depth))
        {
            if (level.Key >= (source.Rules.MaxDepth ?? int.MaxValue)) continue;
            var pages = level.SelectMany(item => outcomes[item].Links).Where(items.Wants).Select(link => new ListedPage(link)).ToList();
            if (pages.Count > 0) await IngestionQueue.AddPagesAsync(db, job, pages, new DocumentDescription(), (short)(level.Key + 1), ct);
        }
    }

    private async Task FinishAsync(JobLease lease, string? error, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await lease.ConfirmAsync(db, ct);
        var row = await db.Jobs.SingleAsync(candidate => candidate.Id == lease.Job, ct);
        // A job of which nothing could be read has failed for its first document's reason.
        if (error is null && row.Done == 0 && row.Total > 0)
        {
            error = await db.Items.Where(item => item.JobId == lease.Job && item.Error != null)
                .OrderBy(item => item.Ordinal).Select(item => item.Error).FirstOrDefaultAsync(ct);
        }

        row.Status = error is null ? JobStatus.Ready : JobStatus.Failed;
        row.Error = error;
        row.FinishedAt = clock.GetUtcNow();
        row.LeaseOwner = null;
        row.LeaseUntil = null;
        if (error is not null) await JobItems.FailUnfinishedAsync(db, lease.Job, error, ct);
        // What failed or was not read to its end stays, with its reason; the rest has become documents.
        await db.Items.Where(item => item.JobId == lease.Job && item.State == ItemState.Ready && item.Notice == null).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        IngestionTelemetry.JobEnded(row.FinishedAt.Value - row.CreatedAt, failed: error is not null);
    }

    private async Task ReportAsync(IngestionJob job, JobStatus status, CancellationToken ct)
    {
        if (job.Status == status) return;
        job.Status = status;
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, status), ct);
        await db.CommitAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading item {Ordinal} of ingestion job {Job} of tenant {Tenant} failed unexpectedly")]
    private partial void LogReaderFault(Exception exception, TenantId tenant, JobId job, long ordinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was in work of ingestion job {Job} of tenant {Tenant} could not be given back")]
    private partial void LogNotGivenBack(Exception exception, TenantId tenant, JobId job);
}
