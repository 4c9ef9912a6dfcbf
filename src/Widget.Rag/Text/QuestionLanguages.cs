namespace Widget.Rag.Text;

/// <summary>
/// The languages that a question may be in. A word such as "die" is a stop word in one language and not in another, so the question's
/// language decides.
/// </summary>
/// <param name="Languages">ISO 639-1 codes of the languages with most stop words in the question; empty when it has none.</param>
/// <param name="IsCertain">Whether it has several stop words of them. A single one may be a word of another language.</param>
internal sealed record QuestionLanguages(string[] Languages, bool IsCertain)
{
    public static QuestionLanguages Of(string question)
    {
        var words = Words.Of(question).ToList();
        var counts = StopWords.ByLanguage.Select(language => (language.Key, Count: words.Count(language.Value.Contains))).ToList();
        var most = counts.Max(language => language.Count);
        return new QuestionLanguages(
            most == 0 ? [] : [.. counts.Where(language => language.Count == most).Select(language => language.Key)],
            most > 1);
    }
}
