using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion;

/// <summary>What the steps of a job need while it runs for one time slice.</summary>
/// <param name="Lease">The worker's lease on the job.</param>
/// <param name="Job">The job.</param>
/// <param name="Source">The source whose documents the job reads.</param>
/// <param name="Visit">Fetches from the source's site.</param>
/// <param name="Probe">Asks the site for more than the crawled pages.</param>
/// <param name="Clock">Clock for the age of what is known about pages.</param>
internal sealed record JobRun(
    JobLease Lease,
    IngestionJob Job,
    Source Source,
    SiteVisit Visit,
    SiteProbe Probe,
    TimeProvider Clock)
{
    public ItemFetcher Fetcher { get; } = new(Visit, Source, Clock);

    public SharedTexts NewTexts { get; } = new();
}
