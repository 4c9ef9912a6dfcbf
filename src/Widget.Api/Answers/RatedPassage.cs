using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>A sentence of a passage, or a row of its table, and how close it is to the question.</summary>
/// <param name="Text">The sentence, a literal part of the passage.</param>
/// <param name="Spelling">Similarity of spelling, 0 to 1.</param>
/// <param name="Meaning">Similarity of meaning, −1 to 1; null without the local sentence models.</param>
public readonly record struct RatedSentence(string Text, double Spelling, double? Meaning)
{
    /// <summary>How close the sentence is to the question: the sum of both similarities.</summary>
    public double Closeness => Spelling + (Meaning ?? 0);
}

/// <summary>A passage, and how probably it answers the question.</summary>
/// <param name="Passage">The passage as it is cited.</param>
/// <param name="Probability">0 to 1.</param>
/// <param name="Sentences">Its sentences in order.</param>
public sealed record RatedPassage(Citation Passage, double Probability, IReadOnlyList<RatedSentence> Sentences);

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
