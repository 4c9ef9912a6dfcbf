using Widget.Contracts;

namespace Widget.Admin.Evaluation;

/// <summary>How the console shows evaluation runs.</summary>
internal static class EvaluationRunDisplay
{
    public static bool IsRunning(this EvaluationRun run) => run.Status is EvaluationStatus.Queued or EvaluationStatus.Running;

    /// <summary>The share of the questions that passed; null before the first one is done.</summary>
    public static double? PassRate(this EvaluationRun run) =>
        run.Metrics is { Questions: > 0 } metrics ? (double)metrics.Passed / metrics.Questions : null;

    /// <summary>The color of a state.</summary>
    public static string Tone(this EvaluationStatus status) => status switch
    {
        EvaluationStatus.Finished => "good",
        EvaluationStatus.Failed => "bad",
        EvaluationStatus.Cancelled => "neutral",
        _ => "accent",
    };

    /// <summary>The metrics that the console shows, by their key in JSON.</summary>
    public static IEnumerable<(string Name, double? Value, bool IsShare)> Figures(EvaluationMetrics metrics) =>
    [
        ("hitRateAt1", metrics.HitRateAt1, true),
        ("hitRateAt5", metrics.HitRateAt5, true),
        ("mrr", metrics.Mrr, true),
        ("ndcgAt10", metrics.NdcgAt10, true),
        ("factRecall", metrics.FactRecall, true),
        ("wrongRefusals", metrics.WrongRefusals, false),
        ("wrongAnswers", metrics.WrongAnswers, false),
        ("medianMilliseconds", metrics.MedianMilliseconds, false),
    ];
}
