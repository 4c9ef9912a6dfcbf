using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Rag.Telemetry;

namespace Widget.Rag.Search;

/// <summary>Scores passages by reading each together with the question. This is slower and more accurate than comparing vectors.</summary>
public interface IReranker
{
    /// <summary>Name of the model in traces.</summary>
    string Model { get; }

    /// <returns>A score for each passage, in their order. Higher is better; the scale depends on the model.</returns>
    /// <exception cref="KnowledgeBaseException">The reranker could not answer, for a known reason.</exception>
    Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> passages, CancellationToken ct);
}

/// <summary>
/// Reorders the best hits by a reranker. The other hits follow with scores no higher than the last of them. If the reranker is late or
/// fails, the order stays as it is and the trace says why. The confidence stays that of the knowledge bases, because scales of rerankers
/// differ.
/// </summary>
/// <param name="reranker">The reranker.</param>
/// <param name="breakers">Pauses a reranker that failed, for all tenants, because they share it.</param>
/// <param name="clock">Clock for the deadline.</param>
/// <param name="deadline">Time limit.</param>
/// <param name="depth">Number of hits to rerank.</param>
/// <param name="logger">Logs failures.</param>
public sealed partial class Reranking(
    IReranker reranker,
    CircuitBreakers breakers,
    TimeProvider clock,
    TimeSpan deadline,
    int depth = 24,
    ILogger<Reranking>? logger = null)
{
    private readonly ILogger _logger = logger ?? NullLogger<Reranking>.Instance;

    private const string Service = "reranker";

    /// <param name="query">The query.</param>
    /// <param name="hits">Best first, at least one.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<(IReadOnlyList<Hit> Hits, SearchStep Step)> ApplyAsync(
        KnowledgeQuery query,
        IReadOnlyList<Hit> hits,
        CancellationToken ct)
    {
        var allTenants = default(TenantId);
        var admission = breakers.Admit(allTenants, Service);
        if (admission is { IsAllowed: false, IsTrial: false }) return (hits, Step(SearchOutcome.Skipped, 0, 0, admission.Reason));

        var start = clock.GetTimestamp();
        using var activity = RagTelemetry.Source.StartActivity("rerank")?.SetTag(RagTelemetry.Model, reranker.Model);
        var candidates = hits.Take(depth).ToArray();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var scores = await reranker.ScoreAsync(query.Text, [.. candidates.Select(Text)], cancellation.Token)
                .WaitAsync(deadline, clock, ct);
            breakers.RecordSuccess(allTenants, Service);
            var step = Step(SearchOutcome.Answered, candidates.Length, Elapsed(), reranker.Model);
            return (Order(candidates, scores, hits), Record(step, null));
        }
        catch (TimeoutException e)
        {
            var timedOut = $"no answer within {deadline.TotalMilliseconds:0} ms";
            breakers.RecordFailure(allTenants, Service, KnowledgeFault.Unavailable, timedOut);
            await cancellation.CancelAsync();
            LogFailed(KnowledgeFault.Unavailable, timedOut, "none");
            return (hits, Record(Step(SearchOutcome.TimedOut, 0, Elapsed(), timedOut), e));
        }
        catch (KnowledgeBaseException e)
        {
            // One tenant's odd passage must not pause the reranker for all tenants.
            if (e.Fault == KnowledgeFault.Refused) breakers.RecordSuccess(allTenants, Service);
            else breakers.RecordFailure(allTenants, Service, e.Fault, e.Message, e.RetryAfter);
            LogFailed(e.Fault, e.Message, KnowledgeBaseCalls.Causes(e));
            return (hits, Record(Step(SearchOutcome.Failed, 0, Elapsed(), e.Message), e));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever the error, the order without the reranker is good enough for an answer.
            breakers.RecordFailure(allTenants, Service, KnowledgeFault.Unavailable, e.GetType().Name);
            LogFault(SanitizedException.From(e));
            return (hits, Record(Step(SearchOutcome.Failed, 0, Elapsed(), e.GetType().Name), e));
        }

        SearchStep Record(SearchStep recorded, Exception? cause)
        {
            SearchTelemetry.RecordStep(activity, recorded, cause);
            return recorded;
        }

        double Elapsed() => clock.GetElapsedTime(start).TotalMilliseconds;
    }

    internal static IReadOnlyList<Hit> Order(IReadOnlyList<Hit> candidates, IReadOnlyList<double> scores, IReadOnlyList<Hit> all)
    {
        var ordered = candidates
            .Zip(Merging.Normalise(scores), (hit, score) => hit with { Score = score })
            .OrderByDescending(hit => hit.Score)
            .ToArray();
        var last = ordered[^1].Score;
        return [.. ordered, .. all.Skip(candidates.Count).Select(hit => hit with { Score = Math.Min(hit.Score, last) })];
    }

    private static string Text(Hit hit) => string.Join('\n', [hit.Title, .. hit.Locator.Headings, hit.Text]);

    private static SearchStep Step(SearchOutcome outcome, int hits, double milliseconds, string? reason) =>
        new(Service, outcome, hits, 0, milliseconds, reason);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Warning, Message = "The reranker could not answer: {Fault}, {Reason}. Cause: {Cause}")]
    private partial void LogFailed(KnowledgeFault fault, string reason, string cause);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Error, Message = "The reranker failed")]
    private partial void LogFault(Exception exception);
}
