namespace Widget.Rag.Embeddings;

/// <summary>Tells the language of a text by its stop words, among those of <see cref="StopWords"/>.</summary>
public static class LanguageDetector
{
    private const int MostWords = 2_000;

    /// <summary>
    /// ISO 639-1, or null when too few words give it away: at least three, and a quarter more than the next language has.
    /// </summary>
    public static string? Detect(string text)
    {
        var counts = StopWords.ByLanguage.Keys.ToDictionary(language => language, _ => 0);
        foreach (var word in Words.Of(text).Take(MostWords))
        {
            foreach (var (language, words) in StopWords.ByLanguage)
                if (words.Contains(word)) counts[language]++;
        }

        var ranked = counts.OrderByDescending(pair => pair.Value).Take(2).ToArray();
        return ranked[0].Value >= 3 && ranked[0].Value >= 1.25 * ranked[1].Value ? ranked[0].Key : null;
    }
}
