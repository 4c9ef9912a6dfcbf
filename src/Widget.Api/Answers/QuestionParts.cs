using Widget.Api.Answers.SmallTalk;

namespace Widget.Api.Answers;

/// <summary>A part of a question, which is searched for by itself.</summary>
/// <param name="Text">The visitor's words.</param>
/// <param name="Searched">What to search for: the visitor's words. If they refer back to the part before, its subject comes first.</param>
public sealed record QuestionPart(string Text, string Searched)
{
    /// <summary>
    /// What to search for when the words alone find nothing certain: they may be about the subject of the part before without saying so,
    /// as in "How much is the evening hire, and when does the music stop?". Null for a part that is complete.
    /// </summary>
    public string? SearchedInContext { get; init; }
}

/// <summary>
/// Splits a question into parts that can be searched for one by one: "Do you have parking, and what does lunch cost?" asks two things. A
/// part that refers back to the one before, "and is it free?", is searched for with its subject. Greetings and thanks are left out.
/// </summary>
public static class QuestionParts
{
    public const int MaxParts = 3;

    /// <param name="text">What the visitor wrote.</param>
    /// <param name="locale">The widget's language, used when the words do not show theirs.</param>
    /// <returns>The parts; one for a simple question.</returns>
    public static IReadOnlyList<QuestionPart> Read(string text, string? locale = null)
    {
        var parts = Split(text, locale);
        return [.. parts.Select((part, i) => i == 0 ? new QuestionPart(part, part) : Read(part, parts[i - 1], locale))];
    }

    private static QuestionPart Read(string part, string before, string? locale)
    {
        var inContext = FollowUps.WithSubject(part, before, locale);
        return FollowUps.IsFollowUp(part, before, locale)
            ? new QuestionPart(part, inContext)
            : new QuestionPart(part, part) { SearchedInContext = inContext };
    }

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

    // Joins segments that cannot be asked alone: a statement with the question after it, and a fragment with the question before it.
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
            if (!segment.IsQuestion || content < (segment.IsDistinct ? 1 : 2)) return false;
            // "And on which days?" says nothing by itself, while "and is it free?" is a sentence.
            return !FollowUps.IsFollowUp(own, before, language) || (segment.IsDistinct && FollowUps.IsSentence(own, language));
        }
    }
}
