using System.Diagnostics;
using System.Diagnostics.Metrics;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>Spans and metrics of answers.</summary>
internal static class AnswerTelemetry
{
    public const string Name = "Widget.Answers";

    /// <summary>The source and meter of chat models (Microsoft.Extensions.AI, following the GenAI semantic conventions).</summary>
    public const string Models = "Widget.Models";

    private const string Outcome = "widget.outcome";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>(
        "widget.answers.active", "{answer}", "Answers that this node is writing.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "widget.answer.duration", "s", "Time from taking a question to the end of its answer, by outcome.", advice: Seconds());

    private static readonly Histogram<double> TimeToFirstToken = Meter.CreateHistogram(
        "widget.answer.time_to_first_token",
        "s",
        "Time from taking a question to the first text of its answer, by outcome.",
        advice: Seconds());

    /// <summary>Begins the span of writing an answer, in the trace of the request or the hub invocation that asked.</summary>
    public static Activity? Start(TenantId tenant, MessageId message)
    {
        Active.Add(1);
        return Source.StartActivity("answer")?.SetTag("widget.tenant.id", tenant.Value).SetTag("widget.message.id", message.Value);
    }

    /// <summary>Tags the span with the attempt, and links an answer that another node began to the trace of its question.</summary>
    public static void SetAttempt(Activity? activity, int attempt, string? traceParent)
    {
        if (activity is null) return;
        activity.SetTag("widget.answer.attempt", attempt);
        if (activity.Parent is null && ActivityContext.TryParse(traceParent, null, out var question))
            activity.AddLink(new ActivityLink(question));
    }

    /// <summary>Ends the span that <see cref="Start"/> began, and records the metrics.</summary>
    /// <param name="activity">The answer's span.</param>
    /// <param name="outcome">Null when another node continues the answer.</param>
    /// <param name="fault">Why the answer could not be written; null when it was written or left to another node.</param>
    /// <param name="took">How long the answer took.</param>
    /// <param name="first">Time until the first text of the answer; null when there was none.</param>
    public static void End(Activity? activity, AnswerOutcome? outcome, Exception? fault, TimeSpan took, TimeSpan? first)
    {
        Active.Add(-1);
        var label = outcome is { } given ? Label(given) : fault is null ? "left" : "fault";
        Duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>(Outcome, label));
        if (first is { } wait) TimeToFirstToken.Record(wait.TotalSeconds, new KeyValuePair<string, object?>(Outcome, label));
        if (activity is null) return;
        activity.SetTag(Outcome, label);
        if (first is { } waited) activity.SetTag("widget.answer.time_to_first_token", Math.Round(waited.TotalSeconds, 4));
        if (fault is not null)
        {
            activity.SetTag("error.type", fault.GetType().FullName);
            activity.SetStatus(ActivityStatusCode.Error);
        }

        activity.Dispose();
    }

    /// <summary>Begins the span of rewriting a follow-up for the search.</summary>
    public static Activity? StartRewrite() => Source.StartActivity("rewrite follow-up");

    private static string Label(AnswerOutcome outcome) => outcome switch
    {
        AnswerOutcome.Answered => "answered",
        AnswerOutcome.Quoted => "quoted",
        AnswerOutcome.Suggested => "suggested",
        AnswerOutcome.NotFound => "not_found",
        AnswerOutcome.Stopped => "stopped",
        _ => "failed",
    };

    private static InstrumentAdvice<double> Seconds() => new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 15, 30, 60, 90],
    };
}
