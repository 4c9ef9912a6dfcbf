using System.Diagnostics;

namespace Widget.Rag.Search;

/// <summary>How one tenant wants to be searched.</summary>
public sealed record SearchPlan
{
    public SearchStrategy Strategy { get; init; } = SearchStrategy.Parallel;

    /// <summary>
    /// The knowledge bases in use, by name, with their share of the merged score. Those not named are not searched.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Weights { get; init; }

    /// <summary>Longest wait for one knowledge base.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Confidence from which on a knowledge base's hits are good enough not to ask the next.</summary>
    public double GoodEnough { get; init; } = 0.5;
}

/// <summary>No knowledge base could be searched.</summary>
public sealed class SearchUnavailableException(SearchTrace trace)
    : Exception("None of the knowledge bases answered.")
{
    public SearchTrace Trace { get; } = trace;
}

/// <summary>Searches one or more knowledge bases by a strategy and merges what they find.</summary>
public sealed class HybridSearch(IEnumerable<IKnowledgeBase> knowledgeBases, TimeProvider clock)
{
    private readonly IKnowledgeBase[] _knowledgeBases = [.. knowledgeBases];

    /// <exception cref="SearchUnavailableException">None of the plan's knowledge bases answered.</exception>
    public async Task<SearchResult> SearchAsync(KnowledgeQuery query, SearchPlan plan, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var used = _knowledgeBases.Where(knowledge => plan.Weights.ContainsKey(knowledge.Name)).ToArray();
        Route? route = plan.Strategy == SearchStrategy.Smart ? QuestionRouter.Decide(query.Text) : null;
        var asked = plan.Strategy == SearchStrategy.Parallel
            ? await Task.WhenAll(used.Select(knowledge => AskAsync(knowledge, query, plan, reason: null, ct)))
            : await AskInOrderAsync(Order(used, route), query, plan, route?.Reason, ct);

        var answered = asked.Where(step => step.Result is not null).ToArray();
        var (hits, dropped) = Merging.Merge(
            [.. answered.Select(step => new WeightedResult(step.Step.KnowledgeBase, plan.Weights[step.Step.KnowledgeBase], step.Result!.Hits))],
            query.Limit);
        var trace = new SearchTrace
        {
            Strategy = plan.Strategy,
            Route = route is { } decided ? decided.Multimodal ? "multimodal" : "text" : null,
            Steps = [.. asked.Select(step => step.Step)],
            DuplicatesDropped = dropped,
            Milliseconds = clock.GetElapsedTime(start).TotalMilliseconds,
        };
        if (answered.Length == 0) throw new SearchUnavailableException(trace);
        return new SearchResult(hits, answered.Max(step => step.Result!.Confidence), trace);
    }

    // Our own knowledge first for what is seen, shown or heard; whoever is not ours first otherwise.
    private static IEnumerable<IKnowledgeBase> Order(IKnowledgeBase[] used, Route? route) =>
        route is { Multimodal: true }
            ? used.OrderBy(knowledge => knowledge.Name == Own.OwnKnowledgeBase.BaseName ? 0 : 1)
            : used.OrderBy(knowledge => knowledge.Name == Own.OwnKnowledgeBase.BaseName ? 1 : 0);

    private async Task<Asked[]> AskInOrderAsync(
        IEnumerable<IKnowledgeBase> order,
        KnowledgeQuery query,
        SearchPlan plan,
        string? reason,
        CancellationToken ct)
    {
        var asked = new List<Asked>();
        Asked? last = null;
        foreach (var knowledge in order)
        {
            if (last?.Result?.Confidence >= plan.GoodEnough)
            {
                asked.Add(new Asked(
                    new SearchStep(knowledge.Name, SearchOutcome.Skipped, 0, 0, 0, $"{last.Step.KnowledgeBase} was good enough"),
                    null));
                continue;
            }

            last = await AskAsync(knowledge, query, plan, last is null ? reason : $"{last.Step.KnowledgeBase} {Shortcoming(last)}", ct);
            asked.Add(last);
        }

        return [.. asked];
    }

    private static string Shortcoming(Asked asked) => asked.Step.Outcome switch
    {
        SearchOutcome.TimedOut => "was late",
        SearchOutcome.Failed => "failed",
        _ => asked.Step.Hits == 0 ? "found nothing" : "found nothing good enough",
    };

    private async Task<Asked> AskAsync(IKnowledgeBase knowledge, KnowledgeQuery query, SearchPlan plan, string? reason, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Asked Missing(SearchOutcome outcome, string why) => new(
            new SearchStep(knowledge.Name, outcome, 0, 0, clock.GetElapsedTime(start).TotalMilliseconds, why),
            null);

        try
        {
            // WaitAsync, so that a side that ignores its cancellation is not waited for either.
            var result = await knowledge.SearchAsync(query, deadline.Token).WaitAsync(plan.Deadline, clock, ct);
            return new Asked(
                new SearchStep(
                    knowledge.Name,
                    SearchOutcome.Answered,
                    result.Hits.Count,
                    result.Confidence,
                    clock.GetElapsedTime(start).TotalMilliseconds,
                    reason),
                result);
        }
        catch (TimeoutException)
        {
            await deadline.CancelAsync();
            return Missing(SearchOutcome.TimedOut, $"no answer within {plan.Deadline.TotalMilliseconds:0} ms");
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever a side fails of, the others are asked in its place; the trace and the span say what happened.
            Activity.Current?.AddException(e);
            return Missing(SearchOutcome.Failed, e.GetType().Name);
        }
    }

    private sealed record Asked(SearchStep Step, KnowledgeResult? Result);
}
