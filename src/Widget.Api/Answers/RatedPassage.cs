using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>A sentence of a passage, or a row of its table.</summary>
/// <param name="Text">The sentence, a literal part of the passage.</param>
/// <param name="Closeness">
/// How close the sentence is to the question: the similarity of meaning (without the local sentence models, of spelling), plus 0.4 × the
/// share of the question's words that it has.
/// </param>
public readonly record struct RatedSentence(string Text, double Closeness);

/// <summary>A passage, and how probably it answers the question.</summary>
/// <param name="Passage">The passage as it is cited.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="Sentences">Its sentences in order.</param>
public sealed record RatedPassage(Citation Passage, double Probability, IReadOnlyList<RatedSentence> Sentences)
{
    /// <summary>Whether the passage is in another language than the question.</summary>
    public bool IsForeign { get; init; }
}

/// <summary>How well the found passages answer a question.</summary>
public enum AnswerTier
{
    /// <summary>They are about something else.</summary>
    None,

    /// <summary>One of them may help. They are shown as suggestions.</summary>
    Possible,

    /// <summary>One of them probably answers.</summary>
    Sure,
}
