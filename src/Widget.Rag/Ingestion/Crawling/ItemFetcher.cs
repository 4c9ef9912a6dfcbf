using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Fetches the content of a job's items and decides how to treat each.</summary>
internal sealed class ItemFetcher(SiteVisit visit, Source source, TimeProvider clock)
{
    // A server may report "not modified" wrongly, for example by a date that never changes. So a page is read in full this often at least.
    private static readonly TimeSpan MaxConditional = TimeSpan.FromDays(30);

    private const int MaxRefreshes = 5;

    private readonly PathPatterns _patterns = new(source.Rules.Include, source.Rules.Exclude);

    public async Task<ItemOutcome> FetchAsync(IngestionItem item, KnownPage? known, CancellationToken ct)
    {
        var outcome = new ItemOutcome { ExternalId = item.ExternalId, NeverRead = known is { FetchedAt: null } };
        if (item.Content is { } content) return outcome with { Raw = new RawDocument(content, item.Document.MediaType ?? MediaTypes.Text) };
        try
        {
            return await PageAsync(outcome, item, known, ct);
        }
        catch (IngestionFailureException e)
        {
            return outcome with { Error = e.Message, Failure = e.Failure };
        }
        catch (UriFormatException)
        {
            return outcome with { Error = $"{item.Document.Url} is not a valid web address." };
        }
    }

    /// <summary>The error of a single page that forbids indexing.</summary>
    public static ItemOutcome Forbidden(ItemOutcome outcome, IngestionItem item) => outcome with
    {
        Raw = null,
        Text = null,
        Error = $"{item.Document.Url} forbids indexing (noindex). If this is your page, remove the noindex rule.",
        Failure = FetchFailure.Forbidden,
        Finding = null,
        Links = [],
    };

    /// <summary>Whether to fetch a link of the site, judged by its address.</summary>
    public bool ShouldFollow(Uri link) => PageAddress.BelongsTo(new Uri(source.Url), link) && _patterns.Follow(link);

    private async Task<ItemOutcome> PageAsync(ItemOutcome outcome, IngestionItem item, KnownPage? known, CancellationToken ct)
    {
        var address = new Uri(item.Document.Url!);
        var current = known is { Usable: true }
            && known.Reading!.AsSpan().SequenceEqual(DocumentReader.HashSettings(item.Document))
            && clock.GetUtcNow() - known.FetchedAt < MaxConditional
            // A site map's date is believed if it reports a change, but not if it reports none: many sites never change these dates.
            && !(item.Document.Modified > known.Listed)
            ? known
            : null;
        var page = await visit.FetchAsync(new FetchRequest(address) { ETag = current?.Etag, LastModified = current?.LastModified }, ct);
        if (page.Document is null) return Unchanged(outcome, current!) with { Page = page };
        (page, var directives) = await FollowRefreshAsync(page, ct);
        var raw = page.Document!;
        var mediaType = MediaTypes.OfPage(raw.Address!, raw.MediaType);
        raw = raw with { MediaType = mediaType ?? raw.MediaType };
        outcome = outcome with
        {
            Page = page,
            Raw = raw,
            Index = directives.Index,
            Follow = directives.Follow,
            Finding = directives.Index ? null : PageFinding.NoIndex,
        };
        if (source.Kind != SourceKind.Site)
        {
            // What a stored page shows now is read, because a maintenance page often forbids indexing.
            return directives.Index || (known is { Stored: true } && raw.MediaType == MediaTypes.Html) ? outcome : Forbidden(outcome, item);
        }

        var isStart = item.ExternalId == source.Url;
        var leadsAway = !PageAddress.IsSameSite(address, raw.Address!);
        if (isStart && leadsAway)
            throw new IngestionFailureException($"{address} redirects to another site, {raw.Address}. Add that address instead.");
        // A link may lead to another site or an unsupported file. That is not an error, because no user asked for it.
        var isNoPage = !PageAddress.MayBePage(raw.Address!) || (mediaType is null && source.Rules.Discovery == Discovery.Links);
        if (!isStart && (leadsAway || isNoPage))
        {
            outcome = outcome with { Raw = null, Index = false, Finding = PageFinding.LeadsAway };
            if (known is not { Stored: true }) return outcome;
            // A sign-in page, a queue or a page that says sorry is often on another site.
            var answer = leadsAway ? $"now leads to another site, {raw.Address!.Authority}" : "now answers with a file that cannot be read";
            return outcome with
            {
                Error = $"{address} {answer}. The earlier text is kept until the next complete crawl sees the same.",
                Failure = FetchFailure.LeadsAway,
            };
        }

        var finalAddress = PageAddress.Normalize(raw.Address!);
        var isWanted = _patterns.Allow(finalAddress);
        return outcome with
        {
            FinalAddress = finalAddress,
            Canonical = item.IgnoresCanonical ? null : CanonicalOf(directives, finalAddress),
            Index = directives.Index && isWanted,
            ExcludedByRules = !isWanted,
            Finding = item.IgnoresCanonical ? PageFinding.CanonicalIgnored : outcome.Finding,
        };
    }

    // Follows pages that only send the browser on, as it does itself. Stops at an address that it has seen.
    private async Task<(FetchedPage Page, PageDirectives Directives)> FollowRefreshAsync(FetchedPage page, CancellationToken ct)
    {
        var seen = new HashSet<Uri> { PageAddress.Normalize(page.Document!.Address!) };
        while (true)
        {
            var raw = page.Document!;
            var directives = PageDirectives.Read(
                raw with { MediaType = MediaTypes.OfPage(raw.Address!, raw.MediaType) ?? raw.MediaType },
                page.RobotsTags);
            if (directives.Refresh is not { } target || seen.Count > MaxRefreshes || !seen.Add(target)) return (page, directives);
            if (source.Kind == SourceKind.Site && !PageAddress.IsSameSite(new Uri(source.Url), target))
                return (page with { Document = raw with { Address = target } }, directives);
            if (source.Kind == SourceKind.Site && !_patterns.Follow(target)) return (page, directives);
            // The validators belong to the first address, and say nothing about this one.
            page = (await visit.FetchAsync(new FetchRequest(target), ct)) with { ETag = null, LastModified = null };
            seen.Add(PageAddress.Normalize(page.Document!.Address!));
        }
    }

    private Uri? CanonicalOf(PageDirectives directives, Uri finalAddress)
    {
        if (directives.Canonical is not { } named || !PageAddress.IsSameSite(named, finalAddress)) return null;
        var canonical = PageAddress.OnOriginOf(finalAddress, named);
        return canonical != finalAddress && ShouldFollow(canonical) && _patterns.Allow(canonical) ? canonical : null;
    }

    private static ItemOutcome Unchanged(ItemOutcome outcome, KnownPage known) =>
        outcome with { Unchanged = true, Index = known.Indexed, Links = [.. known.Links.Select(link => new Uri(link))] };
}
