using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Adds the pages in a site's site maps to its job.</summary>
internal sealed class SiteListing(TenantDatabase database, JobStore jobs, IngestionOptions options, TimeProvider clock)
{
    private const int PageBatch = 16;

    /// <summary>Lists the site's pages, if the job's source is a site and they have not been listed yet.</summary>
    /// <returns>
    /// How many pages to fetch per batch, so that a batch finishes in time even if the site's crawl delay is long. Null if listing takes
    /// too long for the quick lane; the job has then moved to the slow lane.
    /// </returns>
    public async Task<int?> PrepareAsync(JobRun run, CancellationToken ct)
    {
        if (run.Source.Kind != SourceKind.Site) return PageBatch;
        using var quick = new CancellationTokenSource(
            run.Lease.Lane == JobLane.Quick ? options.FetchTime : Timeout.InfiniteTimeSpan,
            clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quick.Token, ct);
        try
        {
            if (!run.Job.Listed) await ListAsync(run, either.Token);
            var robots = await run.Visit.RobotsAsync(new Uri(run.Source.Url), either.Token);
            return robots.Delay is { } delay ? Math.Clamp((int)(options.QuickTime / delay), 1, PageBatch) : PageBatch;
        }
        catch (Exception) when (quick.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await jobs.MoveToSlowLaneAsync(run.Lease, ct, evenIfDone: true);
            return null;
        }
    }

    private async Task ListAsync(JobRun run, CancellationToken ct)
    {
        var job = run.Job;
        await jobs.SetStatusAsync(job, JobStatus.Fetching, ct);
        var isSiteMap = job.Discovery == Discovery.SiteMap;
        var listed = isSiteMap ? await ReadSiteMapAsync(run, ct) : await ReadRobotsSiteMapsAsync(run, ct);
        string[] notices = [.. CrawlNotices.Of(listed)];
        ListedPage[] pages = [.. listed.Pages.Where(page => isSiteMap || run.Fetcher.ShouldFollow(page.Address))];

        await using var db = await database.BeginAsync(job.TenantId, ct);
        await run.Lease.ConfirmAsync(db, ct);
        await JobCreation.AddPagesAsync(db, job, pages, new DocumentDescription(), depth: 0, ct);
        await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(
            set => set
                .SetProperty(row => row.Listed, true)
                .SetProperty(row => row.Complete, row => row.Complete && listed.Complete)
                .SetProperty(row => row.CrawlNotices, notices),
            ct);
        await db.CommitAsync(ct);
    }

    private async Task<ListedPages> ReadSiteMapAsync(JobRun run, CancellationToken ct)
    {
        var maps = new SiteMap(run.Visit.FetchSiteMapAsync, clock);
        var address = new Uri(run.Source.Url);
        var listed = await maps.ReadAsync(await OnOriginAsync(run, address, ct), run.Job.PageLimit, ct);
        if (listed.Pages.Count > 0) return listed;
        var others = CrawlNotices.OtherSites(listed);
        throw new IngestionFailureException(
            others is null
                ? $"The site map {address} doesn't list any pages of this site."
                : $"The site map {address} doesn't list any pages of this site, {address.Authority}. {others}");
    }

    // A crawl that follows links also reads the site maps that robots.txt names.
    private async Task<ListedPages> ReadRobotsSiteMapsAsync(JobRun run, CancellationToken ct)
    {
        var address = new Uri(run.Source.Url);
        var maps = new SiteMap(run.Visit.FetchSiteMapAsync, clock);
        var pages = new List<ListedPage>();
        var problems = new List<string>();
        var otherSites = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var (complete, invalid) = (true, 0);
        foreach (var named in (await run.Visit.RobotsAsync(address, ct)).SiteMaps)
        {
            if (!Uri.TryCreate(address, named, out var map)) continue;
            if (!PageAddress.IsSameSite(address, map))
            {
                problems.Add($"The site map {map}, which robots.txt names, is on another site and was not read.");
                continue;
            }

            try
            {
                var listed = await maps.ReadAsync(await OnOriginAsync(run, map, ct), run.Job.PageLimit, ct);
                pages.AddRange(listed.Pages);
                problems.AddRange(listed.Problems);
                invalid += listed.Invalid;
                complete &= listed.Complete;
                foreach (var (site, count) in listed.OtherSites) otherSites[site] = otherSites.GetValueOrDefault(site) + count;
            }
            catch (IngestionFailureException e)
            {
                // The crawl still has the links. But pages that only this site map lists must not be removed as gone.
                complete = false;
                problems.Add(e.Message);
            }
        }

        return new ListedPages(pages, complete) { OtherSites = otherSites, Invalid = invalid, Problems = problems };
    }

    private static async Task<Uri> OnOriginAsync(JobRun run, Uri address, CancellationToken ct) =>
        PageAddress.OnOriginOf(await run.Visit.OriginAsync(address, ct), address);
}
