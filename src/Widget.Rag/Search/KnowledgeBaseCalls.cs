using System.Diagnostics;

namespace Widget.Rag.Search;

/// <summary>What came of asking one knowledge base; no result when it did not answer.</summary>
internal sealed record KnowledgeBaseAnswer(SearchStep Step, KnowledgeResult? Result)
{
    public static KnowledgeBaseAnswer Skipped(string knowledgeBase, string reason, bool mayChange = false) =>
        new(new SearchStep(knowledgeBase, SearchOutcome.Skipped, 0, 0, 0, reason) { MayChange = mayChange }, null);
}

/// <summary>Asks knowledge bases, each under its deadline and behind its circuit breaker. Never throws for what they do.</summary>
internal sealed class KnowledgeBaseCalls(CircuitBreakers breakers, TimeProvider clock, SearchTurns? turns)
{
    /// <param name="knowledge">Whom to ask.</param>
    /// <param name="query">What.</param>
    /// <param name="deadline">Longest wait.</param>
    /// <param name="reason">Why it is asked, for the trace.</param>
    /// <param name="ct">The caller's.</param>
    public async Task<KnowledgeBaseAnswer> AskAsync(IKnowledgeBase knowledge, KnowledgeQuery query, TimeSpan deadline, string? reason, CancellationToken ct)
    {
        if (knowledge.Refuse(query) is { } refusal) return KnowledgeBaseAnswer.Skipped(knowledge.Name, refusal);
        if (!knowledge.IsRemote)
        {
            using var turn = turns is null ? null : await turns.TakeAsync(ct);
            return await WaitAsync(knowledge, query, deadline, reason, ct);
        }

        var admission = breakers.Ask(query.TenantId, Service(knowledge, query));
        if (admission.MayAsk) return await WaitAsync(knowledge, query, deadline, reason, ct);
        if (!admission.MayTry) return KnowledgeBaseAnswer.Skipped(knowledge.Name, admission.Reason!, mayChange: true);
        // Whether it is back is found out beside this search: no visitor pays for it, and the next one has its hits again.
        _ = WaitAsync(knowledge, query, deadline, reason: null, CancellationToken.None);
        return KnowledgeBaseAnswer.Skipped(knowledge.Name, $"{admission.Reason}; being tried again", mayChange: true);
    }

    private async Task<KnowledgeBaseAnswer> WaitAsync(
        IKnowledgeBase knowledge,
        KnowledgeQuery query,
        TimeSpan deadline,
        string? reason,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            // WaitAsync, so that a side that ignores its cancellation is not waited for either.
            var result = await knowledge.SearchAsync(query, given.Token).WaitAsync(deadline, clock, ct);
            if (knowledge.IsRemote) breakers.Worked(query.TenantId, Service(knowledge, query));
            if (result.Skipped is { } skipped) return KnowledgeBaseAnswer.Skipped(knowledge.Name, skipped);
            return new KnowledgeBaseAnswer(Step(SearchOutcome.Answered, result.Shortcoming is { } lack ? $"{(reason is null ? "" : $"{reason}; ")}{lack}" : reason) with
            {
                Hits = result.Hits.Count,
                Confidence = result.Confidence,
                MayChange = result.Shortcoming is not null,
                Via = result.Via,
            },
                result);
        }
        catch (TimeoutException)
        {
            var late = $"no answer within {deadline.TotalMilliseconds:0} ms";
            Break(knowledge, query, KnowledgeFault.Unavailable, late);
            await given.CancelAsync();
            return new KnowledgeBaseAnswer(Step(SearchOutcome.TimedOut, late), null);
        }
        catch (KnowledgeBaseException e)
        {
            Activity.Current?.AddException(e);
            Break(knowledge, query, e.Fault, e.Message, e.RetryAfter);
            return new KnowledgeBaseAnswer(Step(SearchOutcome.Failed, e.Message), null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever a side fails of, the others are asked in its place; the trace and the span say what happened.
            Activity.Current?.AddException(e);
            Break(knowledge, query, KnowledgeFault.Unavailable, e.GetType().Name);
            return new KnowledgeBaseAnswer(Step(SearchOutcome.Failed, e.GetType().Name), null);
        }

        SearchStep Step(SearchOutcome outcome, string? why) =>
            new(knowledge.Name, outcome, 0, 0, clock.GetElapsedTime(start).TotalMilliseconds, why);
    }

    private void Break(IKnowledgeBase knowledge, KnowledgeQuery query, KnowledgeFault fault, string reason, TimeSpan? retryAfter = null)
    {
        if (!knowledge.IsRemote) return;
        if (fault == KnowledgeFault.Refused) breakers.Worked(query.TenantId, Service(knowledge, query));
        else breakers.Failed(query.TenantId, Service(knowledge, query), fault, reason, retryAfter);
    }

    // With what it is asked by: a corrected setting is tried at once.
    private static string Service(IKnowledgeBase knowledge, KnowledgeQuery query) => string.Join(' ', query.Parameters.Values.Order(StringComparer.Ordinal).Prepend(knowledge.Name));
}
