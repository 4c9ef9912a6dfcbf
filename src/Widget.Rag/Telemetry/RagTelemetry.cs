using System.Diagnostics;
using System.Diagnostics.Metrics;
using Widget.Rag.Search;

namespace Widget.Rag.Telemetry;

/// <summary>
/// Spans and metrics of search and ingestion. They cost nothing until something listens. Attributes hold names from a fixed set and numbers: no
/// question, passage, address or key.
/// </summary>
public static class RagTelemetry
{
    /// <summary>The name of the activity source and the meter.</summary>
    public const string Name = "Widget.Rag";

    internal const string KnowledgeBase = "widget.knowledge_base";
    internal const string Outcome = "widget.outcome";
    internal const string Strategy = "widget.search.strategy";
    internal const string ErrorType = "error.type";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> SearchDuration = Seconds("widget.search.duration", "How long a search took, by strategy and outcome.");

    private static readonly Histogram<double> KnowledgeBaseDuration = Seconds(
        "widget.search.knowledge_base.duration",
        "How long a knowledge base, or the reranker, took within a search.");

    private static readonly Histogram<double> JobDuration = Seconds(
        "widget.ingestion.job.duration",
        "Time from the creation of an ingestion job to its end, by outcome.",
        [1, 5, 15, 60, 300, 900, 3600, 14400, 86400]);

    private static readonly Histogram<double> DocumentDuration = Seconds(
        "widget.ingestion.document.duration",
        "How long reading and splitting one document took.",
        [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300]);

    private static readonly Counter<long> Documents = Meter.CreateCounter<long>(
        "widget.ingestion.documents",
        "{document}",
        "Documents that ingestion has worked through, by outcome.");

    /// <summary>Begins the span of a search.</summary>
    internal static Activity? StartSearch(SearchPlan plan) =>
        Source.StartActivity("search")?.SetTag(Strategy, Label(plan.Strategy));

    internal static void Searched(Activity? activity, SearchPlan plan, SearchResult? result, TimeSpan took)
    {
        var outcome = result is null ? "failed" : result.Trace.Cached ? "cached" : "answered";
        SearchDuration.Record(took.TotalSeconds, new(Strategy, Label(plan.Strategy)), new(Outcome, outcome));
        if (activity is null) return;
        activity.SetTag(Outcome, outcome);
        if (result is null)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            return;
        }

        activity.SetTag("widget.search.hits", result.Hits.Count);
        activity.SetTag("widget.search.confidence", Math.Round(result.Confidence, 3));
        if (result.Trace.Route is { } route) activity.SetTag("widget.search.route", route);
    }

    /// <summary>Begins the span of asking one knowledge base.</summary>
    internal static Activity? StartKnowledgeBase(string name) =>
        Source.StartActivity($"search {name}")?.SetTag(KnowledgeBase, name);

    /// <summary>Begins the span of one arm of our own search. Both arms end in one SQL statement.</summary>
    internal static Activity? StartArm(string name, ActivityContext parent) =>
        Source.StartActivity($"search arm {name}", ActivityKind.Internal, parent)?.SetTag("widget.search.arm", name);

    /// <summary>Notes what a knowledge base, or the reranker, did.</summary>
    internal static void Asked(Activity? activity, SearchStep step, Exception? cause)
    {
        if (step.Outcome != SearchOutcome.Skipped)
            KnowledgeBaseDuration.Record(step.Milliseconds / 1000, new(KnowledgeBase, step.KnowledgeBase), new(Outcome, Label(step.Outcome)));
        if (activity is null) return;
        activity.SetTag(Outcome, Label(step.Outcome));
        activity.SetTag("widget.search.hits", step.Hits);
        if (step.Outcome == SearchOutcome.Answered) activity.SetTag("widget.search.confidence", Math.Round(step.Confidence, 3));
        if (cause is not null) activity.AddException(cause);
        if (step.Outcome is not (SearchOutcome.Failed or SearchOutcome.TimedOut)) return;
        activity.SetTag(ErrorType, step.Outcome == SearchOutcome.TimedOut ? "timeout" : cause?.GetType().FullName);
        activity.SetStatus(ActivityStatusCode.Error);
    }

    internal static void DocumentRead(TimeSpan took) => DocumentDuration.Record(took.TotalSeconds);

    internal static void DocumentsEnded(int ready, int failed)
    {
        if (ready > 0) Documents.Add(ready, new KeyValuePair<string, object?>(Outcome, "ready"));
        if (failed > 0) Documents.Add(failed, new KeyValuePair<string, object?>(Outcome, "failed"));
    }

    internal static void JobEnded(TimeSpan took, bool failed) =>
        JobDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>(Outcome, failed ? "failed" : "ready"));

    private static string Label(SearchStrategy strategy) => strategy switch
    {
        SearchStrategy.Parallel => "parallel",
        SearchStrategy.Smart => "smart",
        _ => "fallback",
    };

    private static string Label(SearchOutcome outcome) => outcome switch
    {
        SearchOutcome.Answered => "answered",
        SearchOutcome.TimedOut => "timed_out",
        SearchOutcome.Failed => "failed",
        _ => "skipped",
    };

    private static Histogram<double> Seconds(string name, string description, double[]? boundaries = null) => Meter.CreateHistogram(
        name,
        "s",
        description,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries ?? [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8] });
}
