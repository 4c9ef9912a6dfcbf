namespace Widget.Rag.Reading;

/// <summary>Splits text into sentences.</summary>
public static class Sentences
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "e.g", "i.e", "etc", "vs", "cf", "approx", "no", "fig", "vol", "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "inc", "ltd",
        "co", "z.b", "bzw", "usw", "ca", "nr", "str", "d.h", "u.a", "sra", "ud", "uds", "p.ej", "p.ex", "av", "sig", "dott",
    };

    /// <summary>
    /// The sentences of a text in order, each a literal part of it. A sentence ends at a line break, or at a sentence mark that is followed
    /// by white space and does not belong to an abbreviation, an initial or a list number.
    /// </summary>
    public static IEnumerable<string> Of(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!Ends(text, start, ref i)) continue;
            if (Trimmed(text, start, i + 1) is { } sentence) yield return sentence;
            start = i + 1;
        }

        if (Trimmed(text, start, text.Length) is { } last) yield return last;
    }

    private static bool Ends(string text, int start, ref int i)
    {
        var mark = text[i];
        if (mark == '\n' || mark is '。' or '！' or '？') return true;
        if (mark is not ('.' or '!' or '?' or '…' or '؟')) return false;
        var end = i;
        while (end + 1 < text.Length && text[end + 1] is '.' or '!' or '?' or '"' or '\'' or '”' or '’' or ')' or ']' or '»') end++;
        if (end + 1 < text.Length && !char.IsWhiteSpace(text[end + 1]))
        {
            // A sentence does not end within a run of marks. Skipping the run keeps the time linear.
            i = end;
            return false;
        }

        if (mark == '.' && end == i && IsAbbreviation(text.AsSpan(start, i - start))) return false;
        i = end;
        return true;
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> before)
    {
        var word = before[(before.LastIndexOfAny(' ', '\n', '(') + 1)..];
        if (word.Length == 0) return false;
        if (word.Length == 1 && char.IsUpper(word[0])) return true;
        // "3. Press the button": the number starts the sentence.
        if (word.Length == before.TrimStart().Length && !word.ContainsAnyExceptInRange('0', '9')) return true;
        return Abbreviations.Contains(word.ToString());
    }

    private static string? Trimmed(string text, int start, int end)
    {
        var sentence = text.AsSpan(start, end - start).Trim();
        return sentence.IsEmpty ? null : sentence.ToString();
    }
}
