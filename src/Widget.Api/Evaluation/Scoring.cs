using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Evaluation;

/// <summary>
/// The measures of a run; docs/evaluation.md explains each. Let Q be the questions with expected sources and r(q) the rank of the first hit
/// from an expected source among the first ten, infinite when there is none:
/// <code>
/// hit rate@k = |{q ∈ Q : r(q) ≤ k}| / |Q|
/// MRR        = (1 / |Q|) · Σ 1 / r(q)                          (Voorhees 1999, "The TREC-8 Question Answering Track Report")
/// nDCG@10    = (1 / |Q|) · Σ DCG(q) / ideal DCG(q)             (Järvelin &amp; Kekäläinen 2002)
/// DCG(q)     = Σ over the expected documents found, at rank i, of 1 / log2(i + 1)
/// </code>
/// A document counts once, at its first hit. The ideal ranking has all expected documents first, at most ten.
/// </summary>
public static partial class Scoring
{
    /// <summary>The number of hits that are evaluated.</summary>
    public const int Depth = 10;

    /// <summary>Rank of the first hit from an expected source, from 1; null when there is none.</summary>
    public static int? Rank(IReadOnlyList<string> sources, IReadOnlyList<EvaluationHit> hits)
    {
        for (var i = 0; i < Math.Min(hits.Count, Depth); i++)
            if (sources.Any(source => IsOf(hits[i], source))) return i + 1;
        return null;
    }

    /// <summary>nDCG@10 of one question, 0 to 1; null when it expects no source.</summary>
    public static double? Ndcg(IReadOnlyList<string> sources, IReadOnlyList<EvaluationHit> hits)
    {
        if (sources.Count == 0) return null;
        var notFound = sources.ToList();
        var gain = 0.0;
        for (var i = 0; i < Math.Min(hits.Count, Depth); i++)
            if (notFound.RemoveAll(source => IsOf(hits[i], source)) > 0) gain += Discount(i + 1);
        return gain / Enumerable.Range(1, Math.Min(sources.Count, Depth)).Sum(Discount);
    }

    /// <summary>The facts that a text does not contain. Case and white space are ignored.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<string> facts, string text)
    {
        var plain = Plain(text);
        return [.. facts.Where(fact => !plain.Contains(Plain(fact), StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Whether a question met all expectations.</summary>
    public static bool Passes(EvaluationQuestion question, bool refused, int? rank, IReadOnlyList<string> missing) =>
        question.ShouldRefuse ? refused : !refused && (question.Sources.Count == 0 || rank is not null) && missing.Count == 0;

    /// <summary>The metrics of a run. Null when no question has been asked yet.</summary>
    public static EvaluationMetrics? Of(IReadOnlyList<EvaluationResult> results)
    {
        if (results.Count == 0) return null;
        // A question that could not be asked does not count in the measures of the search, but it has not passed.
        var asked = results.Where(result => result.Error is null).ToList();
        var ranked = asked.Where(result => result.Question.Sources.Count > 0).ToList();
        var facts = asked.Sum(result => result.Question.Facts.Count);
        var times = asked.Select(result => result.Milliseconds).Order().ToList();
        double? HitRate(int k) => Share(ranked.Count(result => result.Rank <= k), ranked.Count);
        return new EvaluationMetrics
        {
            Questions = results.Count,
            Passed = results.Count(result => result.Passed),
            Errors = results.Count - asked.Count,
            HitRateAt1 = HitRate(1),
            HitRateAt3 = HitRate(3),
            HitRateAt5 = HitRate(5),
            HitRateAt10 = HitRate(10),
            Mrr = Share(ranked.Sum(result => result.Rank is { } rank ? 1.0 / rank : 0), ranked.Count),
            NdcgAt10 = Share(ranked.Sum(result => result.Ndcg ?? 0), ranked.Count),
            FactRecall = Share(facts - asked.Sum(result => result.MissingFacts.Count), facts),
            Answered = asked.Count(result => !result.Refused),
            Refused = asked.Count(result => result.Refused),
            RightRefusals = asked.Count(result => result is { Refused: true, Question.ShouldRefuse: true }),
            WrongRefusals = asked.Count(result => result is { Refused: true, Question.ShouldRefuse: false }),
            WrongAnswers = asked.Count(result => result is { Refused: false, Question.ShouldRefuse: true }),
            MedianMilliseconds = Quantile(times, 0.5),
            P95Milliseconds = Quantile(times, 0.95),
        };
    }

    /// <summary>
    /// The nearest-rank quantile: the smallest value that at least this share of values do not exceed. Null without values.
    /// </summary>
    /// <param name="sorted">Smallest first.</param>
    /// <param name="share">0 to 1.</param>
    public static double? Quantile(IReadOnlyList<double> sorted, double share) =>
        sorted.Count == 0 ? null : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static double? Share(double part, int whole) => whole == 0 ? null : part / whole;

    private static double Discount(int rank) => 1 / Math.Log2(rank + 1);

    private static bool IsOf(EvaluationHit hit, string source) =>
        string.Equals(hit.ExternalId, source, StringComparison.Ordinal)
            || (hit.Url is { } url && Address(url) is { } address && address == Address(source));

    // Addresses that differ only in fragment, trailing slash or scheme are the same page.
    private static string? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri.Authority + uri.AbsolutePath.TrimEnd('/') + uri.Query
            : null;

    private static string Plain(string text) => Space().Replace(Emphasis().Replace(text, ""), " ").Trim();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();

    [GeneratedRegex(@"[*_`]+", RegexOptions.None, 1000)]
    private static partial Regex Emphasis();
}
