using Widget.Api.Answers.SmallTalk;

namespace Widget.Api.Answers;

/// <summary>A stretch of a message: a sentence, or one of two questions that "and" joins.</summary>
/// <param name="Start">Where it starts in the message.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsQuestion">Whether it asks something.</param>
/// <param name="IsDistinct">
/// Whether it begins as a question does, after the end of a sentence or an "and". What follows a comma or is only marked as a question is
/// often a remainder: "do you have showers? towels?".
/// </param>
internal readonly record struct QuestionSegment(int Start, int End, bool IsQuestion, bool IsDistinct);

/// <summary>Cuts a message between its sentences and between questions in a sentence, and leaves out greetings and thanks.</summary>
internal sealed class QuestionSegments(string text, PhraseBook book)
{
    /// <summary>In words.</summary>
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
        // "Hi what does it cost": the greeting has no mark after it.
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
        var asks = clauses[^1].HasQuestionMark;
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

        // The marks belong to the question: a model reads them.
        while (end < text.Length && "?!.…؟？！。".Contains(text[end], StringComparison.Ordinal)) end++;
        // A sentence with a full stop asks nothing, whatever it begins with: "Was meant to be out at ten."
        isQuestion &= !clauses[^1].EndsStatement;
        yield return new QuestionSegment(start, end, isQuestion || asks, isDistinct && isQuestion);
    }

    // A question begins with a clause, or after "and" within one. Word is the index of its first word, Position its place in the message.
    private (int Word, int Position, bool IsDistinct)? QuestionAt(MessageClause clause, int i)
    {
        var words = clause.Texts.AsSpan(i);
        for (var length = 1; length <= MaxConjunctionLength && length < words.Length; length++)
        {
            if (book.IsConjunction(words[..length]) && IsQuestion(clause, i + length)) return (i + length, clause.Words[i + length].Start, true);
        }

        // The first letter is the "and".
        if (book.IsJoinedQuestion(words)) return (i, clause.Words[i].Start + 1, true);
        return i == 0 && IsQuestion(clause, 0) ? (0, clause.Words[0].Start, false) : null;
    }

    private bool IsQuestion(MessageClause clause, int start) => book.IsQuestion(clause.Texts.AsSpan(start));
}
