using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>What the quotes of a question should contain.</summary>
/// <param name="Expected">What the question asks for, such as an amount; null when its words do not say.</param>
/// <param name="Compares">Whether it compares things, so that one row or passage is not enough.</param>
/// <param name="Words">The words that say what the question is about.</param>
internal sealed record QuoteGoal(ExpectedAnswer? Expected, bool Compares, IReadOnlyList<string> Words)
{
    /// <param name="asked">What the visitor asks.</param>
    /// <param name="searched">What was searched for, which says more than a follow-up such as "And to Denmark?".</param>
    public static QuoteGoal Of(string asked, string searched) => new(
        ExpectedAnswer.To(asked) ?? ExpectedAnswer.To(searched),
        Comparisons.IsComparison(asked),
        [.. FollowUps.ContentWords(searched).Distinct(StringComparer.Ordinal)]);

    /// <summary>Whether the words are in Latin letters.</summary>
    public bool IsLatin { get; } = Words.All(word => word.All(character => character < '\u0370'));

    /// <summary>The question's words that a text has in some form.</summary>
    public IReadOnlySet<string> WordsIn(string text)
    {
        string[] words = [.. Rag.Text.Words.Of(text)];
        return Words.Where(word => words.Any(other => WordForms.AreSame(word, other))).ToHashSet(StringComparer.Ordinal);
    }
}
