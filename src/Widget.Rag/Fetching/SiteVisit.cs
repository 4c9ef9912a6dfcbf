using System.Collections.Concurrent;
using System.Text;

namespace Widget.Rag.Fetching;

/// <summary>
/// Fetches pages of a site during one time slice of a job. Checks the site's robots.txt first, respects the host's crawl delay, and retries
/// once after a temporary server error.
/// </summary>
/// <param name="fetcher">Fetches the pages.</param>
/// <param name="hosts">Limits the requests to each host.</param>
/// <param name="options">Sets the delay before the retry.</param>
/// <param name="clock">Clock for delays.</param>
/// <param name="timeSlice">Cancelled at the end of the time slice.</param>
internal sealed class SiteVisit(PageFetcher fetcher, HostQueue hosts, FetchOptions options, TimeProvider clock, CancellationToken timeSlice)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<LoadedRobotsTxt>>> _robots = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="IngestionFailureException">The page cannot be fetched, or robots.txt disallows it.</exception>
    public async Task<FetchedPage> FetchAsync(FetchRequest request, CancellationToken ct)
    {
        // Read robots.txt before the page's own time limit starts.
        var robots = await RobotsAsync(request.Address, ct);
        return await PolitelyAsync(request with { Permit = PermitAsync }, robots.Delay, ct);
    }

    public async Task<ReadOnlyMemory<byte>> FetchSiteMapAsync(Uri address, CancellationToken ct) =>
        (await PolitelyAsync(SiteMapFile.Request(address), delay: null, ct)).Document!.Content;

    /// <summary>Reads the site's robots.txt.</summary>
    /// <exception cref="IngestionFailureException">
    /// It cannot be read at the moment. Until then no page of the site may be fetched (RFC 9309, section 2.3.1.4).
    /// </exception>
    public async Task<RobotsTxt> RobotsAsync(Uri page, CancellationToken ct) => (await LoadOnceAsync(page, ct)).Rules;

    /// <summary>
    /// The address whose scheme and host the site uses for itself. A site that redirects from http to https, or adds "www.", does so for
    /// its robots.txt, too. With one scheme and host for all pages, none is fetched twice.
    /// </summary>
    /// <exception cref="IngestionFailureException">As for <see cref="RobotsAsync"/>.</exception>
    public async Task<Uri> OriginAsync(Uri page, CancellationToken ct) => (await LoadOnceAsync(page, ct)).Origin;

    private Task<LoadedRobotsTxt> LoadOnceAsync(Uri page, CancellationToken ct) =>
        // All pages of the time slice share the result, so the first page's time limit must not cancel it.
        _robots.GetOrAdd(
            page.GetLeftPart(UriPartial.Authority),
            site => new Lazy<Task<LoadedRobotsTxt>>(() => LoadAsync(new Uri($"{site}/robots.txt")))).Value.WaitAsync(ct);

    private async Task PermitAsync(Uri page, CancellationToken ct)
    {
        var robots = await RobotsAsync(page, ct);
        if (robots.Allows(page)) return;
        throw new FetchFailureException(
            $"{page.GetLeftPart(UriPartial.Authority)}/robots.txt does not allow {RobotsTxt.ProductToken} to read "
                + $"{page.PathAndQuery}. If this is your site, allow it there.")
        {
            Failure = FetchFailure.Forbidden,
        };
    }

    private async Task<LoadedRobotsTxt> LoadAsync(Uri address)
    {
        try
        {
            var request = new FetchRequest(address) { MaxBytes = RobotsTxt.MaxFileBytes };
            var file = (await TwiceAsync(() => fetcher.FetchAsync(request, timeSlice), timeSlice)).Document!;
            return new LoadedRobotsTxt(RobotsTxt.Parse(Encoding.UTF8.GetString(file.Content.Span)), Origin(address, file.Address));
        }
        catch (FetchFailureException e) when (e.Failure is FetchFailure.Gone or FetchFailure.Refused or FetchFailure.Redirects)
        {
            return new LoadedRobotsTxt(RobotsTxt.AllowAll, Origin(address, e.Address));
        }
        catch (IngestionFailureException e) when (e.Failure is not FetchFailure.Unreachable)
        {
            throw new FetchFailureException($"{address} could not be read. Without it, the site must not be crawled. {e.Message}", e)
            {
                Failure = e.Failure == FetchFailure.Other ? FetchFailure.Temporary : e.Failure,
            };
        }
    }

    private static Uri Origin(Uri address, Uri? redirectedTo) =>
        redirectedTo is not null && PageAddress.IsSameSite(address, redirectedTo) ? redirectedTo : address;

    private Task<FetchedPage> PolitelyAsync(FetchRequest request, TimeSpan? delay, CancellationToken ct) => TwiceAsync(
        async () =>
        {
            using var room = await hosts.EnterAsync(request.Address.Authority, delay, ct);
            return await fetcher.FetchAsync(request, ct);
        },
        ct);

    private async Task<FetchedPage> TwiceAsync(Func<Task<FetchedPage>> fetch, CancellationToken ct)
    {
        try
        {
            return await fetch();
        }
        catch (IngestionFailureException e) when (e.Failure == FetchFailure.Temporary)
        {
            await Task.Delay(options.RetryDelay, clock, ct);
            return await fetch();
        }
    }

    private sealed record LoadedRobotsTxt(RobotsTxt Rules, Uri Origin);
}
