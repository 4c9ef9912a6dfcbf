using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>
/// Detects and rewrites follow-up questions by rule: "and how much is it in red?" is searched for with the words of the question before it.
/// The rules look only at the words, so they cost nothing and always give the same result. They are measured on
/// <c>tests/data/follow-ups.tsv</c> (docs/decisions/0015-follow-ups-and-citations.md).
/// </summary>
public static partial class FollowUps
{
    private const int MaxSearchLength = 400;

    /// <summary>Whether a question cannot be understood without what was asked before it.</summary>
    /// <param name="question">The question.</param>
    /// <param name="before">What was asked before. It helps to detect the language of a short question.</param>
    /// <param name="locale">The widget's language, used when the words do not show theirs.</param>
    public static bool IsFollowUp(string question, string before, string? locale = null) =>
        new QuestionAnalysis(question, LanguageOf(question, before, locale)).IsFollowUp;

    /// <summary>
    /// Whether a question may be a follow-up, so that a model should be asked: it is one by rule, or it is brief.
    /// </summary>
    public static bool MayBeFollowUp(string question, string before, string? locale = null)
    {
        var analysis = new QuestionAnalysis(question, LanguageOf(question, before, locale));
        return analysis.IsFollowUp || analysis.IsBrief;
    }

    /// <summary>
    /// What to search for: the content words of what was asked before, then the follow-up with its own content words repeated, so that they
    /// weigh more.
    /// </summary>
    /// <param name="question">The follow-up.</param>
    /// <param name="earlier">The questions that it continues, oldest first.</param>
    /// <param name="title">The title of the first document that the last answer cited; null when it cited none.</param>
    /// <param name="locale">The widget's language.</param>
    public static string Rewrite(string question, IReadOnlyList<string> earlier, string? title, string? locale = null)
    {
        var before = string.Join(' ', earlier);
        var analysis = new QuestionAnalysis(question, LanguageOf(question, before, locale));
        var own = analysis.ContentWords.ToHashSet(StringComparer.Ordinal);
        // A question with hardly any content words may be about something that only the last answer named.
        var context = own.Count <= 1 && title is not null ? $"{before} {title}" : before;
        var carried = analysis.ContentWordsOf(context).Where(word => !own.Contains(word)).Distinct(StringComparer.Ordinal);
        var repeated = OneLine($"{question} {string.Join(' ', analysis.ContentWords)}", MaxSearchLength);
        // The earlier words get only the remaining length, so that they never displace the question's own words.
        var room = MaxSearchLength - repeated.Length - 1;
        return room <= 0 ? repeated : $"{OneLine(string.Join(' ', carried), room)} {repeated}".Trim();
    }

    /// <summary>
    /// Returns what to search for when a question continues another one in the same message: the subject of the other one, then the
    /// question. Words such as "costs" and "price" are not part of the subject, because they say what was asked and not about what. They
    /// are kept only before "what about …".
    /// </summary>
    public static string WithSubject(string question, string before, string? locale = null)
    {
        var analysis = new QuestionAnalysis(question, LanguageOf(question, before, locale));
        var own = analysis.ContentWords.ToHashSet(StringComparer.Ordinal);
        var subject = analysis.IsContinuation
            ? analysis.ContentWordsOf(before)
            : analysis.SubjectWordsOf(before).Where(word => ExpectedAnswer.To(word) is null);
        var carried = subject.Where(word => !own.Contains(word)).Distinct(StringComparer.Ordinal);
        return OneLine($"{string.Join(' ', carried)} {question}", MaxSearchLength);
    }

    /// <summary>
    /// Whether a text has one of the verbs that make a question a sentence, or asks the same about another subject: "what about …".
    /// </summary>
    internal static bool IsSentence(string text, string language) => new QuestionAnalysis(text, language).IsSentence;

    /// <summary>The words that say what a question is about, in lower case.</summary>
    public static IEnumerable<string> ContentWords(string text, string? locale = null) =>
        new QuestionAnalysis("", LanguageOf(text, "", locale)).ContentWordsOf(text);

    /// <summary>A text as one line of at most <paramref name="maxLength"/> characters, cut between words if possible.</summary>
    internal static string OneLine(string text, int maxLength)
    {
        var line = Space().Replace(text, " ").Trim();
        if (line.Length <= maxLength) return line;
        var end = line.LastIndexOf(' ', maxLength);
        return line[..(end > 0 ? end : char.IsHighSurrogate(line[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }

    private static string LanguageOf(string question, string before, string? locale) =>
        FollowUpWords.DetectLanguage($"{question} {before}", locale);

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
