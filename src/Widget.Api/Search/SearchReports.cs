using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Search;

/// <summary>Converts search results to the API's types.</summary>
internal static class SearchReports
{
    public static SearchHit ToHit(Hit hit, int index) => new(
        index + 1,
        hit.Score,
        hit.ExternalId,
        hit.Title,
        hit.Text,
        hit.Kind.ToName(),
        HitCitations.Address(hit),
        ToLocator(hit.Locator),
        hit.Origins);

    private static SearchLocator ToLocator(Locator locator) =>
        new([.. locator.Headings], locator.Page, locator.Fragment, locator.Row, locator.Start, locator.End);

    public static SearchTraceReport ToReport(SearchTrace trace) => new(
        trace.Strategy.ToName(),
        trace.Route,
        [.. trace.Steps.Select(ToReport)],
        trace.DuplicatesDropped,
        trace.Milliseconds)
    {
        Dropped = new SearchDropReport(trace.Dropped.Duplicates, trace.Dropped.Contained, trace.Dropped.BeyondLimit),
        Reranking = trace.Reranking is { } reranking ? ToReport(reranking) : null,
        Cached = trace.Cached,
    };

    private static SearchTraceStep ToReport(SearchStep step) => new(
        step.KnowledgeBase,
        step.Outcome.ToString().ToLowerInvariant(),
        step.Hits,
        step.Confidence,
        step.Milliseconds,
        step.Reason)
    {
        Via = step.Via,
        Weight = step.Weight,
        Found =
        [
            .. step.Found.Select(hit => new SearchTraceHit(
                hit.ExternalId, hit.Title, hit.Text, hit.Url, hit.Score, hit.Weighted, hit.Fate.ToName(), hit.Rank)),
        ],
    };
}
