using Widget.Api.Answers.SmallTalk;

namespace Widget.Api.Answers;

/// <summary>A part of a message: a sentence, or one of several questions in a sentence.</summary>
/// <param name="Start">Where it starts in the message.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsQuestion">Whether it asks something.</param>
/// <param name="IsDistinct">
/// Whether it is clearly a question of its own: it begins with words that ask, at the start of a sentence or after "and". After a comma, or
/// with only a question mark, it may be the rest of another question, as "towels?" in "do you have showers? towels?".
/// </param>
internal readonly record struct QuestionSegment(int Start, int End, bool IsQuestion, bool IsDistinct);

/// <summary>Splits a message into its sentences, and a sentence into its questions. Leaves out greetings and thanks.</summary>
internal sealed class QuestionSegments(string text, PhraseBook book)
{
    /// <summary>Maximum number of words in a conjunction, such as "and also".</summary>
    private const int MaxConjunctionLength = 4;

    private readonly IReadOnlyList<MessageClause> _clauses = MessageText.Clauses(text);

    public IEnumerable<QuestionSegment> Read()
    {
        var sentence = new List<MessageClause>();
        foreach (var clause in _clauses)
        {
            sentence.Add(clause);
            if (!clause.EndsSentence && clause != _clauses[^1]) continue;
            foreach (var segment in ReadSentence(WithoutCourtesies(sentence))) yield return segment;
            sentence = [];
        }
    }

    private List<MessageClause> WithoutCourtesies(List<MessageClause> sentence)
    {
        var clauses = sentence.FindAll(clause => !IsCourtesy(clause));
        if (clauses.Count == 0) return clauses;
        // "Hi what does it cost": no punctuation follows the greeting.
        var first = clauses[0];
        var kinds = new HashSet<SmallTalkKind>();
        var start = book.SkipCourtesies(first.Texts, kinds);
        if (kinds.Count > 0 && IsQuestion(first, start)) clauses[0] = new MessageClause([.. first.Words.Skip(start)], first.Mark);
        return clauses;
    }

    private bool IsCourtesy(MessageClause clause)
    {
        var kinds = new HashSet<SmallTalkKind>();
        return book.SkipCourtesies(clause.Texts, kinds) == clause.Texts.Length && kinds.Count > 0;
    }

    private IEnumerable<QuestionSegment> ReadSentence(List<MessageClause> clauses)
    {
        if (clauses.Count == 0) yield break;
        var endsWithQuestionMark = clauses[^1].HasQuestionMark;
        var (start, end) = (clauses[0].Words[0].Start, 0);
        if (start > 0 && text[start - 1] is '¿') start--;
        var (isQuestion, isDistinct) = (false, true);
        foreach (var clause in clauses)
        {
            for (var i = 0; i < clause.Words.Count; i++)
            {
                if (QuestionAt(clause, i) is { } question)
                {
                    if (isQuestion)
                    {
                        yield return new QuestionSegment(start, end, IsQuestion: true, isDistinct);
                        (start, isDistinct) = (question.Position, question.IsDistinct);
                    }

                    isQuestion = true;
                    i = question.Word;
                }

                end = clause.Words[i].End;
            }
        }

        // The marks at the end belong to the segment, because the sentence models read them.
        while (end < text.Length && "?!.…؟？！。".Contains(text[end], StringComparison.Ordinal)) end++;
        // A sentence with a full stop asks nothing, whatever it begins with: "Was meant to be out at ten."
        isQuestion &= !clauses[^1].EndsStatement;
        yield return new QuestionSegment(start, end, isQuestion || endsWithQuestionMark, isDistinct && isQuestion);
    }

    // A question begins with a clause, or after "and" within one. Word is the index of its first word, Position its place in the message.
    private (int Word, int Position, bool IsDistinct)? QuestionAt(MessageClause clause, int i)
    {
        var words = clause.Texts.AsSpan(i);
        for (var length = 1; length <= MaxConjunctionLength && length < words.Length; length++)
        {
            if (book.IsConjunction(words[..length]) && IsQuestion(clause, i + length))
                return (i + length, clause.Words[i + length].Start, true);
        }

        // In Arabic, "and" is the first letter of the next word.
        if (book.IsJoinedQuestion(words)) return (i, clause.Words[i].Start + 1, true);
        return i == 0 && IsQuestion(clause, 0) ? (0, clause.Words[0].Start, false) : null;
    }

    private bool IsQuestion(MessageClause clause, int start) => book.IsQuestion(clause.Texts.AsSpan(start));
}
