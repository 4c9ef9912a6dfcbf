using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Fetches the content of a job's items and decides how to treat each.</summary>
internal sealed class ItemFetcher(SiteVisit visit, Source source)
{
    // Site maps often give dates without a time, and a page may change twice on one day.
    private static readonly TimeSpan DateTolerance = TimeSpan.FromDays(1);

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

    /// <summary>Whether to fetch a link of the site, judged by its address.</summary>
    public bool ShouldFollow(Uri link) => PageAddress.BelongsTo(new Uri(source.Url), link) && _patterns.Follow(link);

    private async Task<ItemOutcome> PageAsync(ItemOutcome outcome, IngestionItem item, KnownPage? known, CancellationToken ct)
    {
        var address = new Uri(item.Document.Url!);
        var current = known is { Usable: true } && known.Reading!.AsSpan().SequenceEqual(DocumentReader.Reading(item.Document))
            ? known
            : null;
        if (current is { Listed: { } listed } && listed == item.Document.Modified && current.FetchedAt - listed > DateTolerance)
            return Unchanged(outcome, current);

        var page = await visit.FetchAsync(new FetchRequest(address) { ETag = current?.Etag, LastModified = current?.LastModified }, ct);
        if (page.Document is not { } raw) return Unchanged(outcome, current!) with { Page = page };
        var mediaType = MediaTypes.OfPage(raw.Address!, raw.MediaType);
        raw = raw with { MediaType = mediaType ?? raw.MediaType };
        var directives = PageDirectives.Read(raw, page.RobotsTags);
        outcome = outcome with { Page = page, Raw = raw, Index = directives.Index, Follow = directives.Follow };
        if (source.Kind != SourceKind.Site)
        {
            return directives.Index
                ? outcome
                : throw new FetchFailureException($"{address} forbids indexing (noindex). If this is your page, remove the noindex rule.")
                {
                    Failure = FetchFailure.Forbidden,
                };
        }

        var isStart = item.ExternalId == source.Url;
        var leadsAway = !PageAddress.BelongsTo(address, raw.Address!);
        if (isStart && leadsAway)
            throw new IngestionFailureException($"{address} redirects to another site, {raw.Address}. Add that address instead.");
        // A link may lead to another site or an unsupported file. That is not an error, because no user asked for it.
        if (!isStart && (leadsAway || (mediaType is null && source.Rules.Discovery == Discovery.Links)))
            return outcome with { Raw = null, Index = false };

        var canonical = directives.Canonical is { } named
            && named.Authority == raw.Address!.Authority
            && ShouldFollow(named)
            && _patterns.Allow(named)
            ? named
            : PageAddress.Normalize(raw.Address!);
        var wanted = _patterns.Allow(canonical);
        return outcome with { Canonical = canonical, Index = directives.Index && wanted, ExcludedByRules = !wanted };
    }

    private static ItemOutcome Unchanged(ItemOutcome outcome, KnownPage known) =>
        outcome with { Unchanged = true, Index = known.Indexed, Links = [.. known.Links.Select(link => new Uri(link))] };
}
