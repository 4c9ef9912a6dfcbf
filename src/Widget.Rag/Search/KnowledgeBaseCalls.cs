using Microsoft.Extensions.Logging;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>Result of asking one knowledge base; no result when it did not answer.</summary>
internal sealed record KnowledgeBaseAnswer(SearchStep Step, KnowledgeResult? Result)
{
    /// <summary>The exception; null when it answered or was not asked.</summary>
    public Exception? Cause { get; init; }

    public static KnowledgeBaseAnswer Skipped(string knowledgeBase, string reason, bool isTemporary = false) =>
        new(new SearchStep(knowledgeBase, SearchOutcome.Skipped, 0, 0, 0, reason) { IsTemporary = isTemporary }, null);
}

/// <summary>Asks knowledge bases, each with its time limit and circuit breaker. A failure of a knowledge base is never thrown.</summary>
internal sealed partial class KnowledgeBaseCalls(
    CircuitBreakers breakers,
    TimeProvider clock,
    SearchConcurrencyLimiter? limiter,
    ILogger logger)
{
    /// <param name="knowledge">The knowledge base.</param>
    /// <param name="query">The query.</param>
    /// <param name="deadline">Time limit.</param>
    /// <param name="reason">Why it is asked, for the trace.</param>
    /// <param name="ct">Cancels the search.</param>
    public async Task<KnowledgeBaseAnswer> AskAsync(
        IKnowledgeBase knowledge,
        KnowledgeQuery query,
        TimeSpan deadline,
        string? reason,
        CancellationToken ct)
    {
        if (knowledge.CanAnswer(query).WhyNot is { } whyNot) return KnowledgeBaseAnswer.Skipped(knowledge.Name, whyNot);
        if (!knowledge.IsRemote)
        {
            using var permit = limiter is null ? null : await limiter.AcquireAsync(ct);
            return await WaitAsync(knowledge, query, deadline, reason, ct);
        }

        var admission = breakers.Admit(query.TenantId, Service(knowledge, query));
        if (admission.IsAllowed) return await WaitAsync(knowledge, query, deadline, reason, ct);
        if (!admission.IsTrial) return KnowledgeBaseAnswer.Skipped(knowledge.Name, admission.Reason!, isTemporary: true);
        // Tests in the background whether the knowledge base works again, so that no visitor waits for it.
        _ = WaitAsync(knowledge, query, deadline, reason: null, CancellationToken.None);
        return KnowledgeBaseAnswer.Skipped(knowledge.Name, $"{admission.Reason}; being tried again", isTemporary: true);
    }

    private async Task<KnowledgeBaseAnswer> WaitAsync(
        IKnowledgeBase knowledge,
        KnowledgeQuery query,
        TimeSpan deadline,
        string? reason,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        using var activity = SearchTelemetry.StartKnowledgeBase(knowledge.Name);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            // WaitAsync also ends the wait for a knowledge base that ignores its cancellation.
            var result = await knowledge.SearchAsync(query, cancellation.Token).WaitAsync(deadline, clock, ct);
            if (knowledge.IsRemote) breakers.RecordSuccess(query.TenantId, Service(knowledge, query));
            if (result.Skipped is { } skipped) return KnowledgeBaseAnswer.Skipped(knowledge.Name, skipped);
            var step = Step(
                SearchOutcome.Answered,
                result.Shortcoming is { } limitation ? $"{(reason is null ? "" : $"{reason}; ")}{limitation}" : reason) with
            {
                Hits = result.Hits.Count,
                Confidence = result.Confidence,
                IsTemporary = result.Shortcoming is not null,
                Via = result.Via,
            };
            if (result.Degradation is { } degradation) LogDegraded(knowledge.Name, query.TenantId, step.Reason!, Causes(degradation));
            SearchTelemetry.RecordStep(activity, step, result.Degradation);
            return new KnowledgeBaseAnswer(step, result);
        }
        catch (TimeoutException e)
        {
            var timedOut = $"no answer within {deadline.TotalMilliseconds:0} ms";
            RecordFailure(knowledge, query, KnowledgeFault.Unavailable, timedOut);
            await cancellation.CancelAsync();
            LogLate(knowledge.Name, query.TenantId, deadline.TotalMilliseconds);
            return NotAnswered(SearchOutcome.TimedOut, timedOut, e);
        }
        catch (KnowledgeBaseException e)
        {
            // The exception's message contains no input or output; its inner exceptions may, so only their types are logged.
            RecordFailure(knowledge, query, e.Fault, e.Message, e.RetryAfter);
            LogFailed(knowledge.Name, query.TenantId, e.Fault, e.Message, Causes(e));
            return NotAnswered(SearchOutcome.Failed, e.Message, e);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // If one knowledge base fails, the others are asked instead; the log, the trace and the span record the failure.
            RecordFailure(knowledge, query, KnowledgeFault.Unavailable, e.GetType().Name);
            LogFault(SanitizedException.From(e), knowledge.Name, query.TenantId);
            return NotAnswered(SearchOutcome.Failed, e.GetType().Name, e);
        }

        KnowledgeBaseAnswer NotAnswered(SearchOutcome outcome, string why, Exception cause)
        {
            var step = Step(outcome, why);
            SearchTelemetry.RecordStep(activity, step, cause);
            return new KnowledgeBaseAnswer(step, null) { Cause = cause };
        }

        SearchStep Step(SearchOutcome outcome, string? why) =>
            new(knowledge.Name, outcome, 0, 0, clock.GetElapsedTime(start).TotalMilliseconds, why);
    }

    private void RecordFailure(
        IKnowledgeBase knowledge,
        KnowledgeQuery query,
        KnowledgeFault fault,
        string reason,
        TimeSpan? retryAfter = null)
    {
        if (!knowledge.IsRemote) return;
        if (fault == KnowledgeFault.Refused) breakers.RecordSuccess(query.TenantId, Service(knowledge, query));
        else breakers.RecordFailure(query.TenantId, Service(knowledge, query), fault, reason, retryAfter);
    }

    // The key includes the tenant's settings, so that a corrected setting is tried at once.
    private static string Service(IKnowledgeBase knowledge, KnowledgeQuery query) =>
        string.Join(' ', query.Parameters.Values.Order(StringComparer.Ordinal).Prepend(knowledge.Name));

    /// <summary>The types of the inner exceptions, outermost first.</summary>
    internal static string Causes(Exception exception)
    {
        var names = new List<string>();
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException) names.Add(inner.GetType().Name);
        return names.Count == 0 ? "none" : string.Join(" < ", names);
    }

    [LoggerMessage(
        EventId = 2001,
        Level = LogLevel.Warning,
        Message = "Knowledge base {KnowledgeBase} of tenant {Tenant} did not answer within {Milliseconds:0} ms")]
    private partial void LogLate(string knowledgeBase, TenantId tenant, double milliseconds);

    [LoggerMessage(
        EventId = 2002,
        Level = LogLevel.Warning,
        Message = "Knowledge base {KnowledgeBase} of tenant {Tenant} could not answer: {Fault}, {Reason}. Cause: {Cause}")]
    private partial void LogFailed(string knowledgeBase, TenantId tenant, KnowledgeFault fault, string reason, string cause);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "Searching knowledge base {KnowledgeBase} of tenant {Tenant} failed")]
    private partial void LogFault(Exception exception, string knowledgeBase, TenantId tenant);

    [LoggerMessage(
        EventId = 2004,
        Level = LogLevel.Warning,
        Message = "Knowledge base {KnowledgeBase} of tenant {Tenant} was searched with limits: {Reason}. Cause: {Cause}")]
    private partial void LogDegraded(string knowledgeBase, TenantId tenant, string reason, string cause);
}
