using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>
/// Follow-up questions by rule: "and how much is it in red?" is searched for with the words of the question before. The rules look at the
/// words alone, so they cost nothing and always give the same result. They are measured on <c>tests/data/follow-ups.tsv</c>
/// (docs/decisions/0015-follow-ups-and-citations.md).
/// </summary>
public static partial class FollowUps
{
    private const int LongestSearch = 400;

    /// <summary>Whether a question cannot be understood without what was asked before it.</summary>
    /// <param name="question">The question.</param>
    /// <param name="before">What was asked before. It helps to detect the language of a short question.</param>
    /// <param name="locale">The widget's language, in case the words do not decide.</param>
    public static bool IsOne(string question, string before, string? locale = null) =>
        new FollowUpReading(question, LanguageOf(question, before, locale)).IsFollowUp;

    /// <summary>Whether a question may be a follow-up, and a model is worth asking. A longer question without an "it" never is.</summary>
    public static bool MightBeOne(string question, string before, string? locale = null)
    {
        var reading = new FollowUpReading(question, LanguageOf(question, before, locale));
        return reading.IsFollowUp || reading.IsBrief;
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
        var reading = new FollowUpReading(question, LanguageOf(question, before, locale));
        var own = reading.Content.ToHashSet(StringComparer.Ordinal);
        // A question without a noun of its own may be about something that only the answer named.
        var context = own.Count <= 1 && title is not null ? $"{before} {title}" : before;
        var carried = reading.ContentOf(context).Where(word => !own.Contains(word)).Distinct(StringComparer.Ordinal);
        var asked = OneLine($"{question} {string.Join(' ', reading.Content)}", LongestSearch);
        // The earlier words get the room that the question leaves, so that they never displace its own words.
        var room = LongestSearch - asked.Length - 1;
        return room <= 0 ? asked : $"{OneLine(string.Join(' ', carried), room)} {asked}".Trim();
    }

    /// <summary>The words that say what a question is about, in small letters.</summary>
    public static IEnumerable<string> ContentWords(string text, string? locale = null) =>
        new FollowUpReading("", LanguageOf(text, "", locale)).ContentOf(text);

    /// <summary>A text as one line of at most so many characters.</summary>
    internal static string OneLine(string text, int most)
    {
        var line = Space().Replace(text, " ").Trim();
        if (line.Length <= most) return line;
        var end = line.LastIndexOf(' ', most);
        return line[..(end > 0 ? end : char.IsHighSurrogate(line[most - 1]) ? most - 1 : most)];
    }

    private static string LanguageOf(string question, string before, string? locale) =>
        FollowUpWords.LanguageOf($"{question} {before}", locale);

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
