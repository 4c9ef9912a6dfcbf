using System.Collections.Frozen;

namespace Widget.Rag.Text;

/// <summary>
/// Detects the language of a text: by its script if only one language uses it, otherwise by its stop words, among the languages of
/// <see cref="StopWords"/>.
/// </summary>
public static class LanguageDetector
{
    /// <summary>ISO 639-2 for a language that is not known.</summary>
    public const string Undetermined = "und";

    // Not every code, because pages also declare countries, such as "us" and "uk".
    private static readonly FrozenSet<string> WithoutStopWords =
        "af az bs ca cs cy da et eu fi fy ga gl hr hu id is lb lt lv ms mt nb nl nn no pl ro sk sl sq sv sw tl tr uz vi"
            .Split(' ').ToFrozenSet();

    private const int MaxWords = 2_000;
    private const int MaxCharacters = 20_000;

    // Share of the letters. Quoted names and brands stay below it.
    private const double Share = 0.3;

    /// <summary>
    /// ISO 639-1. Null without enough evidence: at least three stop words, and a quarter more than for the next language.
    /// </summary>
    public static string? Detect(string text)
    {
        if (OfScript(text) is { } language) return language;
        var counts = StopWords.ByLanguage.Keys.ToDictionary(known => known, _ => 0);
        foreach (var word in Words.Of(text).Take(MaxWords))
        {
            foreach (var (known, words) in StopWords.ByLanguage)
                if (words.Contains(word)) counts[known]++;
        }

        var ranked = counts.OrderByDescending(pair => pair.Value).Take(2).ToArray();
        return ranked[0].Value >= 3 && ranked[0].Value >= 1.25 * ranked[1].Value ? ranked[0].Key : null;
    }

    /// <summary>
    /// The language of a document. Its words decide against the declared language, which templates often state wrongly, unless it is a
    /// language in Latin script whose stop words are not known: by its words, Dutch looks like French.
    /// </summary>
    /// <param name="text">The beginning of the document's text.</param>
    /// <param name="declared">ISO 639-1; null when the document declares none.</param>
    public static string? DetectDocument(string text, string? declared) =>
        (declared is not null && WithoutStopWords.Contains(declared) ? OfScript(text) : Detect(text)) ?? declared;

    /// <summary>
    /// The language of a question if several of its words tell: "Los Angeles delivery?" has one Spanish stop word and is not certain. Null
    /// otherwise.
    /// </summary>
    public static string? DetectCertain(string question) =>
        Detect(question) ?? (QuestionLanguages.Of(question) is { IsCertain: true, Languages: [var only] } ? only : null);

    /// <summary>
    /// The language of a question, which is often too short for <see cref="Detect"/>: a single stop word decides when it belongs to one
    /// language only.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="fallback">The language when nothing tells, or when the stop words belong to this language among others.</param>
    public static string DetectQuestion(string question, string fallback = "en")
    {
        if (Detect(question) is { } language) return language;
        var candidates = QuestionLanguages.Of(question).Languages;
        if (candidates.Length > 0 && !candidates.Contains(fallback, StringComparer.Ordinal)) return candidates[0];
        return fallback == "en" && HasForeignSigns(question) ? Undetermined : fallback;
    }

    // English words have no accents, apart from a few names.
    private static bool HasForeignSigns(string question) =>
        question.Any(character => character is '¿' or '¡' || (character > 127 && char.IsLetter(character)));

    private static string? OfScript(string text)
    {
        var (letters, counts) = (0, new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxCharacters)))
        {
            if (!char.IsLetter(character)) continue;
            letters++;
            if (ScriptOf(character) is { } script) counts[script] = counts.GetValueOrDefault(script) + 1;
        }

        // Japanese also uses Chinese characters, but never those alone.
        if (counts.GetValueOrDefault("ja") > 0.1 * letters && counts.Remove("zh", out var characters)) counts["ja"] += characters;
        return counts.Count > 0 && counts.MaxBy(pair => pair.Value) is var (language, count) && count > Share * letters ? language : null;
    }

    private static string? ScriptOf(char character) => character switch
    {
        < '\u0370' => null,
        <= '\u03FF' => "el",
        <= '\u052F' => "ru",
        >= '\u0590' and <= '\u05FF' => "he",
        >= '\u0600' and <= '\u077F' => "ar",
        >= '\u0900' and <= '\u097F' => "hi",
        >= '\u0E00' and <= '\u0E7F' => "th",
        (>= '\u1100' and <= '\u11FF') or (>= '\uAC00' and <= '\uD7AF') => "ko",
        >= '\u3040' and <= '\u30FF' => "ja",
        (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') => "zh",
        _ => null,
    };
}
