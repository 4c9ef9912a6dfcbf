using Microsoft.Extensions.Logging;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Processes a job's items, one batch at a time. One transaction stores a batch's documents, the state of its items and the job's progress,
/// and commits only if this worker still holds the lease. If a node dies or freezes, the next holder repeats the interrupted batch and
/// nothing is stored twice.
/// </summary>
public sealed class JobRunner
{
    private const short MaxFaults = 10;

    private readonly TenantDatabase _database;
    private readonly TimeProvider _clock;
    private readonly JobStore _jobs;
    private readonly SiteListing _sites;
    private readonly BatchRunner _batches;
    private readonly Func<CancellationToken, SiteVisit> _startVisit;
    private readonly Func<SiteVisit, SiteProbe> _startProbe;

    public JobRunner(
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
        options ??= new IngestionOptions();
        var items = new ItemReader(reader, options, clock, logger);
        _database = database;
        _clock = clock;
        _jobs = new JobStore(database, clock);
        _sites = new SiteListing(database, _jobs, options, clock);
        _batches = new BatchRunner(database, _jobs, items, new PassageEmbedder(models, embeddings), options, clock, logger);
        _startVisit = ct => new SiteVisit(fetcher, hosts, fetching, clock, ct);
        _startProbe = visit => new SiteProbe(visit, reader, options.FetchTime, clock);
    }

    /// <summary>Runs the job until it ends or its time slice is over, so that one tenant's large job does not block the others.</summary>
    /// <param name="lease">The caller's lease on the job.</param>
    /// <param name="timeSlice">How long to run. The rest of the job is done in later time slices.</param>
    /// <param name="ct">Cancelled when the lease is lost or the node stops.</param>
    /// <returns>Whether the job has ended.</returns>
    public async Task<bool> RunAsync(JobLease lease, TimeSpan timeSlice, CancellationToken ct)
    {
        var start = _clock.GetTimestamp();
        var (job, source) = await _jobs.FindAsync(lease, ct);
        if (job.Work == JobWork.Delete) return await SourceRemoval.RunAsync(_database, lease, source.Id, IsTimeUp, ct);
        try
        {
            var visit = _startVisit(ct);
            var run = new JobRun(lease, job, source, visit, _startProbe(visit), _clock);
            if (await _sites.PrepareAsync(run, ct) is not { } pages) return false;
            do
            {
                while (await _jobs.TakeBatchAsync(run, pages, ct) is { Count: > 0 } batch)
                {
                    await _batches.RunAsync(run, batch, ct);
                    if (IsTimeUp()) return false;
                }

                if (await _jobs.MoveToSlowLaneAsync(lease, ct)) return false;
            }
            while (source.Kind == SourceKind.Site && await CanonicalPages.ReleaseUnreadAsync(_database, lease, job, ct));

            var kept = source.Kind == SourceKind.Site ? await GonePages.RemoveAsync(_database, lease, job, ct) : null;
            await IngestionFinalizer.FinalizeAsync(_database, job.TenantId, ct);
            await _jobs.FinishAsync(lease, error: null, ct, kept);
        }
        catch (IngestionFailureException e)
        {
            await _jobs.FinishAsync(lease, e.Message, ct);
        }

        return true;

        bool IsTimeUp() => _clock.GetElapsedTime(start) >= timeSlice;
    }

    /// <summary>Counts an internal error. Fails the job when too many occur in a row without progress.</summary>
    public async Task CountFaultAsync(JobLease lease, CancellationToken ct)
    {
        if (await _jobs.CountFaultAsync(lease, ct) < MaxFaults) return;
        await _jobs.FinishAsync(lease, "The import was stopped by an internal error. The details are in the server log.", ct);
    }
}
