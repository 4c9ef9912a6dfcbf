using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pgvector;
using Widget.Rag.Ingestion.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Works through a job's items, a batch at a time. A batch's documents, its items' ends and the job's progress are one
/// commit, which is made only by the worker that holds the job, so a node may die or freeze anywhere: whoever takes the job over does the
/// interrupted batch again and nothing twice.
/// </summary>
public sealed partial class JobRunner(
    KnowledgeDatabase database,
    DocumentReader reader,
    PageFetcher fetcher,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    TimeProvider clock,
    ILogger<JobRunner> logger)
{
    private const int ContentBatch = 64;
    private const int PageBatch = 16;
    private const int ParallelFetches = 4;
    private const short MostAttempts = 3;
    private const short MostFaults = 10;

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
        try
        {
            if (job is { Discovery: Discovery.SiteMap, Total: 0 }) await ReadSiteMapAsync(lease, job, source, ct);
            while (await TakeBatchAsync(job, ct) is { Count: > 0 } batch)
            {
                await RunBatchAsync(lease, job, source, batch, ct);
                if (clock.GetElapsedTime(start) >= turn) return false;
            }

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

    private async Task<(IngestionJob Job, string Source)> FindAsync(JobLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        var job = await db.Jobs.AsNoTracking().SingleAsync(row => row.Id == lease.Job, ct);
        return (job, await db.Sources.Where(row => row.Id == job.SourceId).Select(row => row.Url).SingleAsync(ct));
    }

    private async Task ReadSiteMapAsync(JobLease lease, IngestionJob job, string source, CancellationToken ct)
    {
        await ReportAsync(job, JobStatus.Fetching, ct);
        var pages = await new SiteMap(fetcher).ReadAsync(new Uri(source), job.PageLimit, ct);
        if (pages.Count == 0) throw new IngestionFailureException($"The site map at {source} names no pages of this site.");
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await lease.ConfirmAsync(db, ct);
        await IngestionQueue.AddPagesAsync(db, job, pages, new DocumentDescription(), ct);
        await db.CommitAsync(ct);
    }

    // Items that a dead node left in work are taken again; one that has ended its reader too often is given up.
    private async Task<List<IngestionItem>> TakeBatchAsync(IngestionJob job, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await db.Items
            .Where(item => item.JobId == job.Id && item.State == ItemState.Working && item.Attempts >= MostAttempts)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(item => item.State, ItemState.Failed)
                    .SetProperty(item => item.Content, (byte[]?)null)
                    .SetProperty(item => item.Error, $"Reading this document stopped the importer {MostAttempts} times, so it was given up."),
                ct);
        var unfinished = db.Items.Where(item =>
            item.JobId == job.Id && (item.State == ItemState.Waiting || item.State == ItemState.Working));
        var first = await unfinished.OrderBy(item => item.Ordinal).Select(item => new { item.Attempts, Page = item.Content == null }).FirstOrDefaultAsync(ct);
        if (first is null)
        {
            await db.CommitAsync(ct);
            return [];
        }

        // A document that has failed its reader before is tried alone, so that it cannot take others down with it.
        var size = first.Attempts > 0 ? 1 : first.Page ? PageBatch : ContentBatch;
        var batch = await unfinished.AsNoTracking().OrderBy(item => item.Ordinal).Take(size).ToListAsync(ct);
        var taken = batch.ConvertAll(item => item.Ordinal);
        await db.Items.Where(item => item.JobId == job.Id && taken.Contains(item.Ordinal)).ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Working)
                .SetProperty(item => item.Attempts, item => (short)(item.Attempts + 1)),
            ct);
        await db.CommitAsync(ct);
        return batch;
    }

    private async Task RunBatchAsync(JobLease lease, IngestionJob job, string source, List<IngestionItem> batch, CancellationToken ct)
    {
        try
        {
            if (batch.Exists(item => item.Content is null)) await ReportAsync(job, JobStatus.Fetching, ct);
            var raw = await EachAsync(batch, ParallelFetches, (item, token) => FetchAsync(job, source, item, token), ct);

            await ReportAsync(job, JobStatus.Extracting, ct);
            var known = await KnownHashesAsync(job, batch, ct);
            var read = await EachAsync(
                batch,
                Environment.ProcessorCount,
                async (item, token) => await ReadAsync(item, raw[item], known.GetValueOrDefault(item.ExternalId), token),
                ct);

            var documents = batch.Select(item => read[item].Document).OfType<PreparedDocument>().ToList();
            if (documents.Count > 0) await ReportAsync(job, JobStatus.Embedding, ct);
            var texts = documents.SelectMany(document => document.Passages.Select(document.EmbeddedText)).ToList();
            var embeddings = await embedder.GenerateAsync(texts, cancellationToken: ct);
            var metadata = embedder.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
            var vectors = embeddings.Select(embedding => HalfVector.From(embedding.Vector.Span)).ToList();

            await using var db = await database.BeginAsync(job.TenantId, ct);
            await KnowledgeWriter.ReplaceAsync(db, job.SourceId, documents, metadata?.DefaultModelId ?? "unknown", vectors, ct);
            await lease.ConfirmAsync(db, ct);
            if (job.Discovery == Discovery.Links) await FollowAsync(db, job, source, batch.SelectMany(item => read[item].Links), ct);
            await EndItemsAsync(db, job, batch, read, ct);
            await db.CommitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await GiveBackAsync(lease, batch);
            throw;
        }
    }

    // A node that stops in the middle says nothing against the documents.
    private async Task GiveBackAsync(JobLease lease, List<IngestionItem> batch)
    {
        try
        {
            await using var db = await database.BeginAsync(lease.Tenant, CancellationToken.None);
            await lease.ConfirmAsync(db, CancellationToken.None);
            var taken = batch.ConvertAll(item => item.Ordinal);
            await db.Items.Where(item => item.JobId == lease.Job && taken.Contains(item.Ordinal) && item.State == ItemState.Working).ExecuteUpdateAsync(
                set => set
                    .SetProperty(item => item.State, ItemState.Waiting)
                    .SetProperty(item => item.Attempts, item => (short)(item.Attempts - 1)),
                CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or LeaseLostException)
        {
            LogNotGivenBack(e, lease.Tenant, lease.Job);
        }
    }

    private async Task<Outcome> FetchAsync(IngestionJob job, string source, IngestionItem item, CancellationToken ct)
    {
        if (item.Content is { } content) return new Outcome { Raw = new RawDocument(content, item.Document.MediaType ?? MediaTypes.Text) };
        try
        {
            var address = new Uri(item.Document.Url!);
            var raw = await fetcher.FetchAsync(address, ct);
            var mediaType = MediaTypes.OfPage(raw.Address!, raw.MediaType);
            if (job.Discovery != Discovery.Links) return new Outcome { Raw = raw with { MediaType = mediaType ?? raw.MediaType } };
            var leadsAway = !PageAddress.BelongsTo(address, raw.Address!);
            if (item.ExternalId == source && leadsAway) throw new IngestionFailureException($"{address} leads to another site, {raw.Address}. Add that address instead.");
            // What links lead to need not be a page of this site; nobody asked for it by name, so it is no failure.
            if (item.ExternalId != source && (mediaType is null || leadsAway)) return new Outcome();
            return new Outcome { Raw = raw with { MediaType = mediaType ?? raw.MediaType } };
        }
        catch (IngestionFailureException e)
        {
            return new Outcome { Error = e.Message };
        }
        catch (UriFormatException)
        {
            return new Outcome { Error = $"{item.Document.Url} is not an address that can be read." };
        }
    }

    private async Task<Outcome> ReadAsync(IngestionItem item, Outcome fetched, byte[]? knownHash, CancellationToken ct)
    {
        if (fetched.Raw is not { } raw) return fetched;
        // Links are needed from pages that have not changed, too, so only given documents can be skipped unread.
        var unchanged = knownHash is not null && knownHash.AsSpan().SequenceEqual(DocumentReader.Hash(raw, item.Document));
        if (unchanged && raw.Address is null) return new Outcome();
        try
        {
            var (document, links) = await reader.ReadAsync(item.ExternalId, raw, item.Document, ct);
            return new Outcome { Document = unchanged ? null : document, Links = links };
        }
        catch (IngestionFailureException e)
        {
            return new Outcome { Error = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A parser's fault on someone's strange file must not keep the job's other documents from being read.
            LogReaderFault(e, item.TenantId, item.JobId, item.Ordinal);
            return new Outcome { Error = "This document could not be read because of a fault of ours, which has been logged." };
        }
    }

    private async Task<Dictionary<string, byte[]>> KnownHashesAsync(IngestionJob job, List<IngestionItem> batch, CancellationToken ct)
    {
        var ids = batch.ConvertAll(item => item.ExternalId);
        await using var db = await database.BeginAsync(job.TenantId, ct);
        return await db.Documents
            .Where(document => document.SourceId == job.SourceId && ids.Contains(document.ExternalId))
            .ToDictionaryAsync(document => document.ExternalId, document => document.ContentHash, ct);
    }

    private static async Task FollowAsync(KnowledgeDb db, IngestionJob job, string source, IEnumerable<Uri> links, CancellationToken ct)
    {
        var start = new Uri(source);
        var pages = links.Select(PageAddress.Normalize).Where(link => PageAddress.BelongsTo(start, link)).ToList();
        if (pages.Count > 0) await IngestionQueue.AddPagesAsync(db, job, pages, new DocumentDescription(), ct);
    }

    private static async Task EndItemsAsync(
        KnowledgeDb db,
        IngestionJob job,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, Outcome> read,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with ended as (
              update ingestion_items item
              set state = case when outcome.error is null then 'ready' else 'failed' end,
                  error = outcome.error,
                  content = null
              from unnest($2::bigint[], $3::text[]) as outcome (ordinal, error)
              where item.job_id = $1 and item.ordinal = outcome.ordinal
              returning item.state
            )
            update ingestion_jobs set done = done + (select count(*) from ended where state = 'ready'), faults = 0 where id = $1
            """,
            [
                job.Id.Value,
                batch.Select(item => item.Ordinal).ToArray(),
                batch.Select(item => read[item].Error).ToArray(),
            ]);
        await command.ExecuteNonQueryAsync(ct);
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
        // What failed stays, with its reason; the rest has become documents.
        await db.Items.Where(item => item.JobId == lease.Job && item.State == ItemState.Ready).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    private async Task ReportAsync(IngestionJob job, JobStatus status, CancellationToken ct)
    {
        if (job.Status == status) return;
        job.Status = status;
        await using var db = await database.BeginAsync(job.TenantId, ct);
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, status), ct);
        await db.CommitAsync(ct);
    }

    private static async Task<Dictionary<IngestionItem, Outcome>> EachAsync(
        List<IngestionItem> batch,
        int parallel,
        Func<IngestionItem, CancellationToken, Task<Outcome>> step,
        CancellationToken ct)
    {
        var outcomes = new Outcome[batch.Count];
        await Parallel.ForAsync(
            0,
            batch.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = ct },
            async (i, token) => outcomes[i] = await step(batch[i], token));
        return batch.Zip(outcomes).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading item {Ordinal} of ingestion job {Job} of tenant {Tenant} failed unexpectedly")]
    private partial void LogReaderFault(Exception exception, TenantId tenant, JobId job, long ordinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was in work of ingestion job {Job} of tenant {Tenant} could not be given back")]
    private partial void LogNotGivenBack(Exception exception, TenantId tenant, JobId job);

    private sealed record Outcome
    {
        public RawDocument? Raw { get; init; }

        /// <summary>Null when there is nothing to store: unchanged, or failed.</summary>
        public PreparedDocument? Document { get; init; }

        public IReadOnlyList<Uri> Links { get; init; } = [];

        public string? Error { get; init; }
    }
}
