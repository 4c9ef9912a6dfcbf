using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Rag.Telemetry;

namespace Widget.Rag.Search;

/// <summary>Judges how well passages answer a question by reading both together, which is slower and better than comparing vectors.</summary>
public interface IReranker
{
    /// <summary>Names it in traces.</summary>
    string Model { get; }

    /// <returns>A score for each passage, in their order; higher is better, on a scale of its own.</returns>
    /// <exception cref="KnowledgeBaseException">It could not answer, for a reason it knows.</exception>
    Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> passages, CancellationToken ct);
}

/// <summary>
/// Puts the best hits in the order that a reranker gives them; those behind them follow, scored no higher than the last of them. When
/// it is late or fails, the order stays as it is and the trace says why. The confidence stays the knowledge bases': scales of rerankers differ.
/// </summary>
/// <param name="reranker">Who judges.</param>
/// <param name="breakers">After a failure it is left alone for a while, for all tenants, since it serves them all.</param>
/// <param name="clock">The deadline is measured with it.</param>
/// <param name="deadline">Longest wait.</param>
/// <param name="depth">How many hits are read.</param>
/// <param name="logger">Hears of failures.</param>
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

    /// <param name="query">The question.</param>
    /// <param name="hits">Best first, at least one.</param>
    /// <param name="ct">The caller's.</param>
    public async Task<(IReadOnlyList<Hit> Hits, SearchStep Step)> ApplyAsync(KnowledgeQuery query, IReadOnlyList<Hit> hits, CancellationToken ct)
    {
        var everybody = default(TenantId);
        var admission = breakers.Ask(everybody, Service);
        if (admission is { MayAsk: false, MayTry: false }) return (hits, Step(SearchOutcome.Skipped, 0, 0, admission.Reason));

        var start = clock.GetTimestamp();
        using var activity = RagTelemetry.Source.StartActivity("rerank")?.SetTag(RagTelemetry.Model, reranker.Model);
        var read = hits.Take(depth).ToArray();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var scores = await reranker.ScoreAsync(query.Text, [.. read.Select(Text)], given.Token).WaitAsync(deadline, clock, ct);
            breakers.Worked(everybody, Service);
            return (Order(read, scores, hits), Done(Step(SearchOutcome.Answered, read.Length, Elapsed(), reranker.Model), null));
        }
        catch (TimeoutException e)
        {
            var late = $"no answer within {deadline.TotalMilliseconds:0} ms";
            breakers.Failed(everybody, Service, KnowledgeFault.Unavailable, late);
            await given.CancelAsync();
            LogFailed(KnowledgeFault.Unavailable, late, "none");
            return (hits, Done(Step(SearchOutcome.TimedOut, 0, Elapsed(), late), e));
        }
        catch (KnowledgeBaseException e)
        {
            // One tenant's odd passage must not take the reranker from all others.
            if (e.Fault == KnowledgeFault.Refused) breakers.Worked(everybody, Service);
            else breakers.Failed(everybody, Service, e.Fault, e.Message, e.RetryAfter);
            LogFailed(e.Fault, e.Message, KnowledgeBaseCalls.Causes(e));
            return (hits, Done(Step(SearchOutcome.Failed, 0, Elapsed(), e.Message), e));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it fails of, the order without it is good enough to answer by.
            breakers.Failed(everybody, Service, KnowledgeFault.Unavailable, e.GetType().Name);
            LogFault(LoggedException.Of(e));
            return (hits, Done(Step(SearchOutcome.Failed, 0, Elapsed(), e.GetType().Name), e));
        }

        SearchStep Done(SearchStep step, Exception? cause)
        {
            SearchTelemetry.Asked(activity, step, cause);
            return step;
        }

        double Elapsed() => clock.GetElapsedTime(start).TotalMilliseconds;
    }

    internal static IReadOnlyList<Hit> Order(IReadOnlyList<Hit> read, IReadOnlyList<double> scores, IReadOnlyList<Hit> all)
    {
        var ordered = read.Zip(Merging.Normalise(scores), (hit, score) => hit with { Score = score }).OrderByDescending(hit => hit.Score).ToArray();
        var last = ordered[^1].Score;
        return [.. ordered, .. all.Skip(read.Count).Select(hit => hit with { Score = Math.Min(hit.Score, last) })];
    }

    private static string Text(Hit hit) => string.Join('\n', [hit.Title, .. hit.Locator.Headings, hit.Text]);

    private static SearchStep Step(SearchOutcome outcome, int hits, double milliseconds, string? reason) =>
        new(Service, outcome, hits, 0, milliseconds, reason);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Warning, Message = "The reranker could not answer: {Fault}, {Reason}. Cause: {Cause}")]
    private partial void LogFailed(KnowledgeFault fault, string reason, string cause);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Error, Message = "The reranker failed")]
    private partial void LogFault(Exception exception);
}
