using Widget.Rag.Reading;

namespace Widget.Api.Speech.Script;

/// <summary>Splits spoken text into sentences that are short enough to start playing soon.</summary>
internal static class SpokenSentences
{
    // Some providers send nothing until a sentence is completely synthesized, and some accept at most 4,096 characters.
    private const int MaxLength = 400;

    // Words after an ordinal number in German, as in "am 5. Mai". The number does not end the sentence.
    private static readonly HashSet<string> AfterOrdinals = new(StringComparer.Ordinal)
    {
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
        "Jahrhundert", "Etage", "Stock", "Klasse", "Platz", "Auflage", "Quartal",
    };

    /// <summary>The start and end of each sentence.</summary>
    /// <param name="text">A paragraph, a list item or a heading.</param>
    /// <param name="complete">Whether the text is complete. If not, only sentences that will not change are returned.</param>
    public static IEnumerable<(int Start, int End)> Of(string text, bool complete)
    {
        var found = Split(text);
        for (var i = 0; i < found.Count; i++)
        {
            var (start, end) = found[i];
            while (i + 1 < found.Count && Continues(text, end, found[i + 1])) end = found[++i].End;
            // The last sentence may continue, and so may the one before it until the next sentence has a whole word.
            if (!complete && (i + 1 >= found.Count || !text.AsSpan(found[i + 1].Start).Contains(' '))) yield break;
            foreach (var piece in SplitLong(text, start, end)) yield return piece;
        }
    }

    private static List<(int Start, int End)> Split(string text)
    {
        var (found, at) = (new List<(int, int)>(), 0);
        foreach (var sentence in Sentences.Of(text))
        {
            var start = text.IndexOf(sentence, at, StringComparison.Ordinal);
            found.Add((start, at = start + sentence.Length));
        }

        return found;
    }

    // Whether the next sentence found belongs to this one: it starts with a lower-case letter after an abbreviation, or with a word from
    // the list after an ordinal number.
    private static bool Continues(string text, int end, (int Start, int End) next)
    {
        if (char.IsLower(text[next.Start])) return true;
        if (text[end - 1] != '.') return false;
        // "z. B.", "u. A."
        if (end > 1 && char.IsLower(text[end - 2]) && (end == 2 || text[end - 3] == ' ')) return true;
        var digits = end - 2;
        while (digits >= 0 && char.IsAsciiDigit(text[digits])) digits--;
        if (end - 2 - digits is < 1 or > 2 || (digits >= 0 && text[digits] != ' ')) return false;
        var word = text.AsSpan(next.Start, next.End - next.Start);
        var stop = 0;
        while (stop < word.Length && char.IsLetter(word[stop])) stop++;
        return AfterOrdinals.Contains(word[..stop].ToString());
    }

    private static IEnumerable<(int Start, int End)> SplitLong(string text, int start, int end)
    {
        while (end - start > MaxLength)
        {
            var cut = text.LastIndexOfAny([',', ';', ':'], start + MaxLength, MaxLength / 2) + 1;
            if (cut <= 0) cut = text.LastIndexOf(' ', start + MaxLength, MaxLength / 2);
            if (cut <= 0) cut = char.IsHighSurrogate(text[start + MaxLength - 1]) ? start + MaxLength - 1 : start + MaxLength;
            yield return (start, cut);
            start = cut;
            while (start < end && text[start] == ' ') start++;
        }

        if (end > start) yield return (start, end);
    }
}
