using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Rag.Text;

namespace Widget.Rag.Search;

/// <summary>Searches one or more knowledge bases by a strategy and merges their hits.</summary>
/// <param name="knowledgeBases">The knowledge bases of this installation.</param>
/// <param name="clock">Clock for deadlines and traces.</param>
/// <param name="breakers">Pause knowledge bases that failed. Shared by all searches of a node.</param>
/// <param name="reranking">Reranks the hits; null without a reranker.</param>
/// <param name="cache">Caches results; null to search every time.</param>
/// <param name="limiter">Limits concurrent searches of local knowledge; null for no limit.</param>
/// <param name="logger">Logs failures of knowledge bases.</param>
/// <param name="router">Decides for the smart strategy which knowledge base to ask first; null to decide by words alone.</param>
public sealed class HybridSearch(
    IEnumerable<IKnowledgeBase> knowledgeBases,
    TimeProvider clock,
    CircuitBreakers? breakers = null,
    Reranking? reranking = null,
    SearchCache? cache = null,
    SearchConcurrencyLimiter? limiter = null,
    ILogger<HybridSearch>? logger = null,
    QuestionRouter? router = null)
{
    private const int MaxHits = 100;
    private const double MinConfidenceFactor = 0.01;

    private readonly IKnowledgeBase[] _knowledgeBases =
    [
        .. knowledgeBases.OrderBy(knowledge => knowledge.Name == KnowledgeBases.Own ? 0 : 1),
    ];
    private readonly QuestionRouter _router = router ?? new QuestionRouter();
    private readonly KnowledgeBaseCalls _calls = new(
        breakers ?? new CircuitBreakers(clock),
        clock,
        limiter,
        logger ?? NullLogger<HybridSearch>.Instance);

    /// <exception cref="SearchUnavailableException">None of the plan's knowledge bases answered.</exception>
    public async Task<SearchResult> SearchAsync(KnowledgeQuery query, SearchPlan plan, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        query = query with { Text = QuestionMarkup.Strip(query.Text) };
        using var activity = SearchTelemetry.StartSearch(plan);
        SearchResult? result = null;
        try
        {
            result = cache is null
                ? await RunAsync(query, plan, ct)
                : await cache.GetAsync(query, plan, running => RunAsync(query, plan, running), ct);
            return result;
        }
        finally
        {
            if (result is not null || !ct.IsCancellationRequested)
                SearchTelemetry.EndSearch(activity, plan, result, clock.GetElapsedTime(start));
        }
    }

    private async Task<SearchResult> RunAsync(KnowledgeQuery query, SearchPlan plan, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        // Merging drops some hits, so more are requested.
        var extended = query with { Parameters = plan.Parameters, Spare = Math.Clamp((query.Limit / 2) + 4, 0, MaxHits - query.Limit) };
        var used = _knowledgeBases.Where(knowledge => plan.Weights.ContainsKey(knowledge.Name))
            .GroupBy(knowledge => knowledge.Name, (_, variants) => Choose([.. variants], extended), StringComparer.Ordinal)
            .ToArray();
        Route? route = plan.Strategy == SearchStrategy.Smart ? _router.Decide(query.Text) : null;
        var asked = await AskAsync(used, extended, plan, route, ct);

        // The own knowledge base comes first, because merging keeps the first of two equal passages, and only the own one has its position
        // in the document.
        var answered = asked
            .Where(answer => answer.Result is not null)
            .OrderBy(answer => Array.FindIndex(used, one => one.Name == answer.Step.KnowledgeBase))
            .ToArray();
        WeightedResult[] results =
        [
            .. answered.Select(answer => new WeightedResult(answer.Step.KnowledgeBase, WeightOf(answer, plan), answer.Result!.Hits)),
        ];
        var (merged, dropped) = Merging.Merge(results);
        var (ranked, reranked) = reranking is null || merged.Count == 0 ? (merged, null) : await reranking.ApplyAsync(query, merged, ct);
        IReadOnlyList<Hit> hits = [.. Diversity.Spread(ranked).Take(query.Limit)];
        var trace = new SearchTrace
        {
            Strategy = plan.Strategy,
            Route = route is { } decided ? decided.Multimodal ? "multimodal" : "text" : null,
            Steps = [.. asked.Select(answer => Traced(answer.Step, results, merged, hits)), .. NotAskedSteps(plan)],
            Dropped = dropped with { BeyondLimit = ranked.Count - hits.Count },
            Reranking = reranked,
            Milliseconds = clock.GetElapsedTime(start).TotalMilliseconds,
        };
        if (answered.Length == 0)
            throw new SearchUnavailableException(trace, [.. asked.Select(answer => answer.Cause).OfType<Exception>()]);
        return new SearchResult(hits, answered.Max(answer => answer.Result!.Confidence), trace)
        {
            Corrected = answered.Select(answer => answer.Result!.Corrected).FirstOrDefault(corrected => corrected is not null),
        };
    }

    private static SearchStep Traced(SearchStep step, WeightedResult[] results, IReadOnlyList<Hit> merged, IReadOnlyList<Hit> kept)
    {
        if (Array.Find(results, result => result.KnowledgeBase == step.KnowledgeBase) is not { } found) return step;
        var total = results.Sum(result => result.Weight);
        var share = total > 0 ? found.Weight / total : 1.0 / results.Length;
        return step with { Weight = share, Found = TracedHits.Of(found, share, merged, kept) };
    }

    private async Task<KnowledgeBaseAnswer[]> AskAsync(
        IKnowledgeBase[] used,
        KnowledgeQuery query,
        SearchPlan plan,
        Route? route,
        CancellationToken ct)
    {
        var weighted = Array.FindAll(used, knowledge => plan.Weights[knowledge.Name] > 0);
        var fallbacks = Array.FindAll(used, knowledge => plan.Weights[knowledge.Name] <= 0);
        var asked = plan.Strategy == SearchStrategy.Parallel
            ? await Task.WhenAll(
                weighted.Select(knowledge => _calls.AskAsync(knowledge, query, plan.DeadlineOf(knowledge.Name), reason: null, ct)))
            : await AskInOrderAsync(OrderBySuitability(weighted, route), query, plan, route?.Reason, ct);
        return [.. asked, .. await AskFallbacksAsync(fallbacks, asked, query, plan, ct)];
    }

    // The first variant that can answer; otherwise the last, whose reason goes to the trace.
    private static IKnowledgeBase Choose(IKnowledgeBase[] variants, KnowledgeQuery query) =>
        Array.Find(variants, variant => variant.CanAnswer(query).IsYes) ?? variants[^1];

    // If a knowledge base found nothing good enough and another one was asked, the first one's hits must not outrank the other's.
    private static double WeightOf(KnowledgeBaseAnswer answer, SearchPlan plan)
    {
        // A fallback with weight 0 is the only one that answered.
        var weight = plan.Weights[answer.Step.KnowledgeBase] is > 0 and var share ? share : 1;
        return plan.Strategy == SearchStrategy.Parallel
            ? weight
            : weight * Math.Clamp(answer.Result!.Confidence / plan.SufficientConfidence, MinConfidenceFactor, 1);
    }

    // The own knowledge base goes first for questions about something seen, shown or heard, and the others go first otherwise.
    private static IEnumerable<IKnowledgeBase> OrderBySuitability(IKnowledgeBase[] used, Route? route) =>
        route is { Multimodal: true }
            ? used
            : used.OrderBy(knowledge => knowledge.Name == KnowledgeBases.Own ? 1 : 0);

    private IEnumerable<SearchStep> NotAskedSteps(SearchPlan plan) => plan.Weights.Keys
        .Where(name => !Array.Exists(_knowledgeBases, knowledge => knowledge.Name == name))
        .Select(name => KnowledgeBaseAnswer.Skipped(name, "not configured on this installation").Step)
        .Concat(plan.Excluded.Select(entry => KnowledgeBaseAnswer.Skipped(entry.Key, entry.Value).Step));

    private async Task<KnowledgeBaseAnswer[]> AskFallbacksAsync(
        IKnowledgeBase[] fallbacks,
        KnowledgeBaseAnswer[] asked,
        KnowledgeQuery query,
        SearchPlan plan,
        CancellationToken ct)
    {
        if (asked.Any(answer => answer.Result is not null))
            return [.. fallbacks.Select(knowledge => KnowledgeBaseAnswer.Skipped(knowledge.Name, "its weight is 0"))];
        var reason = asked.Length == 0
            ? null
            : string.Join("; ", asked.Select(answer => $"{answer.Step.KnowledgeBase} {ReasonToContinue(answer)}"));
        return await Task.WhenAll(
            fallbacks.Select(knowledge => _calls.AskAsync(knowledge, query, plan.DeadlineOf(knowledge.Name), reason, ct)));
    }

    private async Task<KnowledgeBaseAnswer[]> AskInOrderAsync(
        IEnumerable<IKnowledgeBase> order,
        KnowledgeQuery query,
        SearchPlan plan,
        string? reason,
        CancellationToken ct)
    {
        var asked = new List<KnowledgeBaseAnswer>();
        KnowledgeBaseAnswer? last = null;
        foreach (var knowledge in order)
        {
            if (last?.Result?.Confidence >= plan.SufficientConfidence)
            {
                asked.Add(KnowledgeBaseAnswer.Skipped(knowledge.Name, $"{last.Step.KnowledgeBase} was good enough"));
                continue;
            }

            var why = last is null ? reason : $"{last.Step.KnowledgeBase} {ReasonToContinue(last)}";
            last = await _calls.AskAsync(knowledge, query, plan.DeadlineOf(knowledge.Name), why, ct);
            asked.Add(last);
        }

        return [.. asked];
    }

    private static string ReasonToContinue(KnowledgeBaseAnswer answer) => answer.Step.Outcome switch
    {
        SearchOutcome.TimedOut => "was late",
        SearchOutcome.Failed => "failed",
        SearchOutcome.Skipped => "was not asked",
        _ => answer.Step.Hits == 0 ? "found nothing" : "found nothing good enough",
    };
}
