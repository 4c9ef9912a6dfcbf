using Widget.Api.Answers.SmallTalk;

namespace Widget.Api.Answers;

/// <summary>
/// Splits a question into parts that can be searched for one by one: "Do you have parking, and what does lunch cost?" asks two things. A
/// part that refers back to the one before, "and is it free?", stays with it. Greetings and thanks are left out.
/// </summary>
public static class QuestionParts
{
    public const int MaxParts = 3;

    /// <param name="text">What the visitor wrote.</param>
    /// <param name="locale">The widget's language, used when the words do not show theirs.</param>
    /// <returns>The parts in the visitor's words; one for a simple question.</returns>
    public static IReadOnlyList<string> Split(string text, string? locale = null)
    {
        // A short question may have too few words to show its language, so all languages are tried, the most likely one first. A language
        // finds two parts only if both the question's "and" and its question words are in its phrase book.
        var language = FollowUpWords.DetectLanguage(text, locale);
        IReadOnlyList<string> whole = [text.Trim()];
        foreach (var book in PhraseBook.All.OrderByDescending(book => book.Language == language))
        {
            var parts = Join([.. new QuestionSegments(text, book).Read()], text, book.Language);
            if (parts.Count > 1) return parts;
            if (parts.Count == 1 && book.Language == language) whole = parts;
        }

        return whole;
    }

    // Joins segments that cannot be asked alone: a statement with the question after it, and a question that refers back with the one
    // before it.
    private static List<string> Join(IReadOnlyList<QuestionSegment> segments, string text, string language)
    {
        var parts = new List<string>();
        var (start, end, hasQuestion) = (0, 0, false);
        foreach (var segment in segments)
        {
            if (parts.Count < MaxParts - 1 && hasQuestion && StandsAlone(segment, text[start..end]))
            {
                parts.Add(text[start..end]);
                end = 0;
            }

            if (end == 0) (start, hasQuestion) = (segment.Start, false);
            end = segment.End;
            hasQuestion |= segment.IsQuestion && FollowUps.ContentWords(text[start..end], language).Any();
        }

        if (end > 0) parts.Add(text[start..end]);
        return parts;

        bool StandsAlone(QuestionSegment segment, string before)
        {
            var own = text[segment.Start..segment.End];
            var content = FollowUps.ContentWords(own, language).Distinct(StringComparer.Ordinal).Count();
            return content >= (segment.IsDistinct ? 1 : 2) && segment.IsQuestion && !FollowUps.IsFollowUp(own, before, language);
        }
    }
}
