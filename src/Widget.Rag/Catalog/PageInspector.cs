using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;

namespace Widget.Rag.Catalog;

/// <summary>Finds out why a page is not in the knowledge: from what crawls have stored, and by asking the page's server now.</summary>
public sealed class PageInspector(
    TenantDatabase database,
    PageFetcher fetcher,
    HostQueue hosts,
    FetchOptions fetching,
    TimeProvider clock)
{
    public async Task<PageReport> InspectAsync(TenantId tenant, Uri page, CancellationToken ct)
    {
        var address = PageAddress.Normalize(page);
        Source? source;
        PageReport? known;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            if (await StoredAsync(db, address, ct) is { } stored) return stored;
            source = await SourceOfAsync(db, address, ct);
            if (source is null) return new PageReport(address, PageVerdict.NoSource);
            known = await AttemptAsync(db, address, source, ct);
        }

        // No transaction is open while the page's server is asked.
        var report = (known is { Verdict: PageVerdict.Waiting } ? known : null)
            ?? ByRules(address, source)
            ?? await ByServerAsync(tenant, address, source, ct)
            ?? known
            ?? await ByCrawlAsync(tenant, address, source, ct);
        return report with { Source = source.Id };
    }

    private static async Task<PageReport?> StoredAsync(TenantDb db, Uri address, CancellationToken ct)
    {
        string[] names = [address.AbsoluteUri, .. PageAddress.SameByName(address).Select(same => same.AbsoluteUri)];
        var document = await db.Documents.AsNoTracking()
            .Where(row => names.Contains(row.ExternalId) || names.Contains(row.Url!))
            .OrderByDescending(row => row.ExternalId == address.AbsoluteUri)
            .Select(row => new { row.Id, row.SourceId, row.ExternalId })
            .FirstOrDefaultAsync(ct);
        return document is null ? null : new PageReport(address, PageVerdict.Stored)
        {
            Document = document.Id,
            Source = document.SourceId,
            Detail = document.ExternalId == address.AbsoluteUri ? null : document.ExternalId,
        };
    }

    // A source of this page alone goes first, then the site with the longest address.
    private static async Task<Source?> SourceOfAsync(TenantDb db, Uri address, CancellationToken ct)
    {
        var sources = await db.Sources.AsNoTracking()
            .Where(row => row.DeletedAt == null && (row.Kind == SourceKind.Page || row.Kind == SourceKind.Site))
            .ToListAsync(ct);
        return sources.Find(source => source.Kind == SourceKind.Page && source.Url == address.AbsoluteUri)
            ?? sources.Where(source => source.Kind == SourceKind.Site && PageAddress.IsSameSite(new Uri(source.Url), address))
                .MaxBy(source => source.Url.Length);
    }

    // What the source's jobs know about the page.
    private static async Task<PageReport?> AttemptAsync(TenantDb db, Uri address, Source source, CancellationToken ct)
    {
        var jobs = db.Jobs;
        var latest = await db.Items.AsNoTracking()
            .Where(item => (item.ExternalId == address.AbsoluteUri || item.Address == address.AbsoluteUri) && !item.Superseded
                && jobs.Any(job => job.Id == item.JobId && job.SourceId == source.Id))
            .OrderByDescending(item => item.Ordinal)
            .Select(item => new { item.State, item.Error, item.Finding })
            .FirstOrDefaultAsync(ct);
        return latest switch
        {
            { State: ItemState.Waiting or ItemState.Working } => new PageReport(address, PageVerdict.Waiting),
            { State: ItemState.Failed } => new PageReport(address, PageVerdict.Failed) { Detail = latest.Error },
            { Finding: PageFinding.Duplicate } => new PageReport(address, PageVerdict.Duplicate),
            _ => null,
        };
    }

    private static PageReport? ByRules(Uri address, Source source)
    {
        if (source.Kind != SourceKind.Site) return null;
        if (!PageAddress.MayBePage(address)) return new PageReport(address, PageVerdict.NotAPage);
        var rules = source.Rules;
        var excluding = rules.Exclude.FirstOrDefault(pattern => !new PathPatterns([], [pattern]).Follow(address));
        if (excluding is not null) return new PageReport(address, PageVerdict.Excluded) { Detail = excluding };
        return new PathPatterns(rules.Include, []).Allow(address)
            ? null
            : new PageReport(address, PageVerdict.NotIncluded) { Detail = string.Join(", ", rules.Include) };
    }

    private async Task<PageReport?> ByServerAsync(TenantId tenant, Uri address, Source source, CancellationToken ct)
    {
        try
        {
            var visit = new SiteVisit(fetcher, hosts, fetching, clock, ct);
            var page = await visit.FetchAsync(new FetchRequest(address), ct);
            var raw = page.Document!;
            if (source.Kind == SourceKind.Site && !PageAddress.IsSameSite(address, raw.Address!))
                return new PageReport(address, PageVerdict.LeadsAway) { Detail = raw.Address!.AbsoluteUri };
            var directives = PageDirectives.Read(
                raw with { MediaType = MediaTypes.OfPage(raw.Address!, raw.MediaType) ?? raw.MediaType },
                page.RobotsTags);
            if (!directives.Index) return new PageReport(address, PageVerdict.NoIndex);
            return await ElsewhereAsync(tenant, address, PageAddress.Normalize(raw.Address!), ct)
                ?? await ElsewhereAsync(tenant, address, directives.Canonical, ct);
        }
        catch (IngestionFailureException e)
        {
            return new PageReport(address, e.Failure == FetchFailure.Forbidden ? PageVerdict.RobotsTxt : PageVerdict.Failed)
            {
                Detail = e.Message,
            };
        }
    }

    private async Task<PageReport?> ElsewhereAsync(TenantId tenant, Uri address, Uri? other, CancellationToken ct)
    {
        if (other is null || other == address) return null;
        await using var db = await database.BeginAsync(tenant, ct);
        return await StoredAsync(db, other, ct) is { } stored
            ? new PageReport(address, PageVerdict.Duplicate) { Detail = other.AbsoluteUri, Document = stored.Document }
            : null;
    }

    // The page can be read, so the last crawl must have missed it.
    private async Task<PageReport> ByCrawlAsync(TenantId tenant, Uri address, Source source, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var jobs = db.Jobs.AsNoTracking().Where(job => job.SourceId == source.Id);
        if (await jobs.AnyAsync(job => job.FinishedAt == null, ct)) return new PageReport(address, PageVerdict.Waiting);
        var crawl = await jobs.Where(job => job.Discovery != Discovery.Given)
            .OrderByDescending(job => job.CreatedAt)
            .FirstOrDefaultAsync(ct);
        if (source.Kind != SourceKind.Site || crawl is null) return new PageReport(address, PageVerdict.NotReadYet);
        if (!crawl.Complete && crawl.Total >= crawl.PageLimit)
        {
            return new PageReport(address, PageVerdict.LimitReached)
            {
                Detail = crawl.PageLimit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }

        var text = address.AbsoluteUri;
        var isLinked = await db.CrawledPages.AnyAsync(
            row => row.SourceId == source.Id && (row.Address == text || row.Links.Contains(text)),
            ct);
        return new PageReport(address, isLinked ? PageVerdict.NotReadYet : PageVerdict.NotLinked);
    }
}
