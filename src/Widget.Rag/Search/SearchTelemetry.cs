using System.Diagnostics;
using System.Diagnostics.Metrics;
using Widget.Rag.Telemetry;

namespace Widget.Rag.Search;

/// <summary>Spans and metrics of searches.</summary>
internal static class SearchTelemetry
{
    private const string KnowledgeBase = "widget.knowledge_base";
    private const string Strategy = "widget.search.strategy";

    private static readonly double[] Boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8];

    private static readonly Histogram<double> SearchDuration = RagTelemetry.Seconds(
        "widget.search.duration", "How long a search took, by strategy and outcome.", Boundaries);

    private static readonly Histogram<double> KnowledgeBaseDuration = RagTelemetry.Seconds(
        "widget.search.knowledge_base.duration", "Time that a knowledge base or the reranker took within a search.", Boundaries);

    /// <summary>Starts the span of a search.</summary>
    internal static Activity? StartSearch(SearchPlan plan) =>
        RagTelemetry.Source.StartActivity("search")?.SetTag(Strategy, Label(plan.Strategy));

    /// <summary>Ends the span of a search and records the metrics.</summary>
    internal static void EndSearch(Activity? activity, SearchPlan plan, SearchResult? result, TimeSpan duration)
    {
        var outcome = result is null ? "failed" : result.Trace.Cached ? "cached" : "answered";
        SearchDuration.Record(duration.TotalSeconds, new(Strategy, Label(plan.Strategy)), new(RagTelemetry.Outcome, outcome));
        if (activity is null) return;
        activity.SetTag(RagTelemetry.Outcome, outcome);
        if (result is null)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            return;
        }

        activity.SetTag("widget.search.hits", result.Hits.Count);
        activity.SetTag("widget.search.confidence", Math.Round(result.Confidence, 3));
        if (result.Trace.Route is { } route) activity.SetTag("widget.search.route", route);
    }

    /// <summary>Starts the span of a search of one knowledge base.</summary>
    internal static Activity? StartKnowledgeBase(string name) =>
        RagTelemetry.Source.StartActivity($"search {name}")?.SetTag(KnowledgeBase, name);

    /// <summary>Starts the span of one arm of the own search. The arms end together, with one SQL statement.</summary>
    internal static Activity? StartArm(string name, ActivityContext parent) =>
        RagTelemetry.Source.StartActivity($"search arm {name}", ActivityKind.Internal, parent)?.SetTag("widget.search.arm", name);

    /// <summary>Records what a knowledge base or the reranker did.</summary>
    internal static void RecordStep(Activity? activity, SearchStep step, Exception? cause)
    {
        if (step.Outcome != SearchOutcome.Skipped)
            KnowledgeBaseDuration.Record(
                step.Milliseconds / 1000,
                new(KnowledgeBase, step.KnowledgeBase),
                new(RagTelemetry.Outcome, Label(step.Outcome)));
        if (activity is null) return;
        activity.SetTag(RagTelemetry.Outcome, Label(step.Outcome));
        activity.SetTag("widget.search.hits", step.Hits);
        if (step.Confidence > 0) activity.SetTag("widget.search.confidence", Math.Round(step.Confidence, 3));
        if (cause is not null) activity.AddException(cause);
        if (step.Outcome is not (SearchOutcome.Failed or SearchOutcome.TimedOut)) return;
        activity.SetTag("error.type", step.Outcome == SearchOutcome.TimedOut ? "timeout" : cause?.GetType().FullName);
        activity.SetStatus(ActivityStatusCode.Error);
    }

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
}
