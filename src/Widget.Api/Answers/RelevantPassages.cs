using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>
/// Which of the hits an answer may rest on. Search fills its list with whatever comes next, however far behind; a passage about something
/// else costs tokens and gives a model the chance to be misled.
/// </summary>
public static class RelevantPassages
{
    /// <summary>
    /// A hit below this share of the best one's score is left out. The <c>refusal</c> benchmark prints what each share would keep
    /// and drop (docs/decisions/0015-follow-ups-and-citations.md).
    /// </summary>
    public const double LeastShare = 0.3;

    /// <summary>Most characters of text in all. About 2,500 tokens in English: what a small model reads before its attention goes.</summary>
    public const int MostCharacters = 10_000;

    /// <param name="hits">Best first.</param>
    /// <param name="question">
    /// What was asked. A passage with what the question's words call for, an amount of money say, stays whatever its score: a list of prices shares few
    /// words with the question of what something costs.
    /// </param>
    /// <param name="most">Most of them.</param>
    /// <returns>In the same order. The best one always, even when it alone is longer than is allowed.</returns>
    public static IReadOnlyList<Hit> Of(IReadOnlyList<Hit> hits, string question, int most)
    {
        var expected = ExpectedAnswer.To(question);
        var relevant = new List<Hit>();
        var characters = 0;
        foreach (var hit in hits.Take(most))
        {
            // Against the best of its own knowledge base: how much that one's scores weigh says nothing of how well they fit.
            var best = hits.First(other => other.Origins.Intersect(hit.Origins, StringComparer.Ordinal).Any() || other == hit);
            var isNear = relevant.Count == 0 || hit.Score >= LeastShare * best.Score || expected?.IsIn(hit.Text) == true;
            if (!isNear || (relevant.Count > 0 && characters + hit.Text.Length > MostCharacters)) continue;
            characters += hit.Text.Length;
            relevant.Add(hit);
        }

        return relevant;
    }
}
