using Widget.Contracts;

namespace Widget.Api.Evaluation;

/// <summary>Compares two runs question by question. Questions are matched by id.</summary>
public static class Comparison
{
    /// <summary>The changes from the earlier run to the later one.</summary>
    /// <param name="after">The later run.</param>
    /// <param name="before">The earlier one.</param>
    public static EvaluationDiff Of(EvaluationReport after, EvaluationReport before)
    {
        var earlier = before.Results.ToDictionary(result => result.Question.Id);
        var later = after.Results.Select(result => result.Question.Id).ToHashSet();
        var both = after.Results
            .Where(result => earlier.ContainsKey(result.Question.Id))
            .Select(result => new EvaluationChange(earlier[result.Question.Id], result))
            .ToList();
        return new EvaluationDiff(
            after.Run,
            before.Run,
            [.. both.Where(change => Direction(change) > 0)],
            [.. both.Where(change => Direction(change) < 0)],
            [.. after.Results.Where(result => !earlier.ContainsKey(result.Question.Id)).Select(result => result.Question)],
            [.. before.Results.Where(result => !later.Contains(result.Question.Id)).Select(result => result.Question)],
            Deltas(after.Run.Metrics, before.Run.Metrics));
    }

    // Positive for better, negative for worse. Compares in this order: passed, rank of the first expected source, number of missing facts.
    private static int Direction(EvaluationChange change)
    {
        var (before, after) = (change.Before, change.After);
        if (after.Passed != before.Passed) return after.Passed ? 1 : -1;
        var rank = (before.Rank ?? int.MaxValue).CompareTo(after.Rank ?? int.MaxValue);
        return rank != 0 ? rank : before.MissingFacts.Count.CompareTo(after.MissingFacts.Count);
    }

    private static Dictionary<string, double> Deltas(EvaluationMetrics? after, EvaluationMetrics? before)
    {
        var (later, earlier) = (ValuesByName(after), ValuesByName(before));
        return later.Where(metric => earlier.ContainsKey(metric.Key)).ToDictionary(
            metric => metric.Key,
            metric => metric.Value - earlier[metric.Key],
            StringComparer.Ordinal);
    }

    private static Dictionary<string, double> ValuesByName(EvaluationMetrics? metrics)
    {
        if (metrics is null) return [];
        (string Name, double? Value)[] values =
        [
            ("passed", metrics.Questions == 0 ? null : (double)metrics.Passed / metrics.Questions),
            ("hitRateAt1", metrics.HitRateAt1),
            ("hitRateAt3", metrics.HitRateAt3),
            ("hitRateAt5", metrics.HitRateAt5),
            ("hitRateAt10", metrics.HitRateAt10),
            ("mrr", metrics.Mrr),
            ("ndcgAt10", metrics.NdcgAt10),
            ("factRecall", metrics.FactRecall),
            ("wrongRefusals", metrics.WrongRefusals),
            ("wrongAnswers", metrics.WrongAnswers),
            ("errors", metrics.Errors),
            ("medianMilliseconds", metrics.MedianMilliseconds),
            ("p95Milliseconds", metrics.P95Milliseconds),
        ];
        return values.Where(metric => metric.Value is not null).ToDictionary(
            metric => metric.Name,
            metric => metric.Value!.Value,
            StringComparer.Ordinal);
    }
}
