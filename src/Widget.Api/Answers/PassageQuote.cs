using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>Selects what is quoted from a passage: the sentences or table rows that are closest to the question.</summary>
internal static partial class PassageQuote
{
    /// <summary>A neighbour of the closest sentence is also quoted if it has at least this share of that sentence's closeness.</summary>
    private const double MinNeighbourShare = 0.5;

    /// <summary>A table row is quoted with the closest row if its closeness is at least this share of the closest row's.</summary>
    private const double MinRowShare = 0.75;

    private const int MaxRows = 4;

    /// <summary>A question that compares may need most of a table.</summary>
    private const int MaxComparedRows = 6;

    /// <summary>A quote with neighbours has at most this many words.</summary>
    private const int MaxWords = 35;

    /// <summary>A sentence that lacks what the question asks for keeps only this share of its closeness.</summary>
    private const double ShareWithoutExpected = 0.3;

    public static string Of(RatedPassage passage, QuoteGoal goal)
    {
        var sentences = passage.Sentences;
        if (sentences.Count == 0) return passage.Passage.Text;
        var closeness = ClosenessOf(sentences, goal);
        var best = Array.IndexOf(closeness, closeness.Max());
        return IsRow(sentences[best].Text)
            ? string.Join('\n', Rows(sentences, closeness, best, goal).Select(row => sentences[row].Text))
            : Prose(passage.Passage.Text, sentences, closeness, best);
    }

    /// <summary>The index of the sentence that is closest to the question; 0 if there is none.</summary>
    public static int Closest(RatedPassage passage, QuoteGoal goal)
    {
        var closeness = ClosenessOf(passage.Sentences, goal);
        return closeness.Length == 0 ? 0 : Array.IndexOf(closeness, closeness.Max());
    }

    /// <summary>The closest sentence, with the sentence that it refers back to.</summary>
    public static string ClosestWithContext(RatedPassage passage, QuoteGoal goal)
    {
        if (passage.Sentences.Count == 0) return "";
        var closest = Closest(passage, goal);
        var text = passage.Sentences[closest].Text;
        return closest > 0 && RefersBack().IsMatch(text) ? $"{passage.Sentences[closest - 1].Text} {text}" : text;
    }

    public static bool IsRow(string text) => text.Contains(" | ", StringComparison.Ordinal);

    /// <summary>Whether a text begins with an item of a list.</summary>
    public static bool IsList(string text) => ListItem().IsMatch(text);

    private static double[] ClosenessOf(IReadOnlyList<RatedSentence> sentences, QuoteGoal goal) =>
    [
        .. sentences.Select(sentence => sentence.Closeness * (goal.Expected?.IsIn(sentence.Text) == false ? ShareWithoutExpected : 1)),
    ];

    // The indexes of the rows to quote, in order.
    private static IEnumerable<int> Rows(IReadOnlyList<RatedSentence> sentences, double[] closeness, int best, QuoteGoal goal)
    {
        var rows = Enumerable.Range(0, sentences.Count).Where(i => IsRow(sentences[i].Text)).ToList();
        var named = rows.ToDictionary(row => row, row => goal.WordsIn(QuotedTable.Values(sentences[row].Text)));
        // A word that all rows have does not tell them apart.
        foreach (var word in goal.Words.Where(word => rows.Count > 1 && rows.TrueForAll(row => named[row].Contains(word))).ToList())
            foreach (var row in rows) named[row] = named[row].Where(other => other != word).ToHashSet(StringComparer.Ordinal);
        // The best row counts by itself, because a negative closeness is below its own share.
        var close = rows.FindAll(row => row == best || closeness[row] >= MinRowShare * closeness[best]);
        if (goal.Compares)
        {
            var compared = rows.Where(row => named[row].Count > 0).ToList();
            var chosen = compared.Count switch { 0 => rows, 1 => compared.Union(close), _ => compared };
            return chosen.OrderByDescending(row => named[row].Count).ThenByDescending(row => closeness[row]).Take(MaxComparedRows).Order();
        }

        // Keeps those of the close rows that name most of what is asked about.
        var most = close.Max(row => named[row].Count);
        return close.Where(row => named[row].Count == most).OrderByDescending(row => closeness[row]).Take(MaxRows).Order();
    }

    // A short paragraph is quoted whole. Of a longer one, the best sentence is quoted with what it needs: the sentence that it refers back
    // to, the line that introduces its list, and neighbours that are close to the question as well.
    private static string Prose(string text, IReadOnlyList<RatedSentence> sentences, double[] closeness, int best)
    {
        var spans = Spans(text, sentences);
        var (from, to) = Paragraph();
        if (!Fits(from, to)) (from, to) = (best, best);
        while (from > 0 && RefersBack().IsMatch(sentences[from].Text) && IsSameParagraph(from - 1) && best - from < 2) from--;
        while (to + 1 < sentences.Count && IsSameParagraph(to) && Fits(from, to + 1) && IsClose(to + 1)) to++;
        while (from > 0 && IsSameParagraph(from - 1) && Fits(from - 1, to) && IsClose(from - 1)) from--;
        var intro = Introduction(sentences, from);
        var quote = text[spans[from].Start..spans[to].End];
        return intro is null ? quote : $"{intro}\n{quote}";

        (int From, int To) Paragraph()
        {
            var (first, last) = (best, best);
            while (first > 0 && IsSameParagraph(first - 1)) first--;
            while (last + 1 < sentences.Count && IsSameParagraph(last)) last++;
            return (first, last);
        }

        bool IsClose(int index) => closeness[index] >= MinNeighbourShare * closeness[best];

        // Whether a sentence and the next one are in the same paragraph.
        bool IsSameParagraph(int index) => !IsRow(sentences[index + 1].Text)
            && !text.AsSpan(spans[index].End, spans[index + 1].Start - spans[index].End).Contains('\n');

        bool Fits(int first, int last) => Words(text[spans[first].Start..spans[last].End]) <= MaxWords;
    }

    // The line that introduces a list, such as "Bring with you:". It is quoted with an item of the list.
    private static string? Introduction(IReadOnlyList<RatedSentence> sentences, int from)
    {
        if (!ListItem().IsMatch(sentences[from].Text)) return null;
        for (var i = from - 1; i >= 0; i--)
        {
            if (ListItem().IsMatch(sentences[i].Text)) continue;
            return sentences[i].Text.EndsWith(':') ? sentences[i].Text : null;
        }

        return null;
    }

    // Where each sentence is in the text.
    private static (int Start, int End)[] Spans(string text, IReadOnlyList<RatedSentence> sentences)
    {
        var spans = new (int, int)[sentences.Count];
        var end = 0;
        for (var i = 0; i < spans.Length; i++)
        {
            var start = text.IndexOf(sentences[i].Text, end, StringComparison.Ordinal);
            end = start + sentences[i].Text.Length;
            spans[i] = (start, end);
        }

        return spans;
    }

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    [GeneratedRegex(@"^\s*([-*•–]|\d{1,2}[.)])\s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListItem();

    [GeneratedRegex(
        """
        ^\W*(
          this | that | these | those | it | its | they | their | he | she | both | otherwise | then | there | so | but | in\ that\ case
          | dies\w* | das | sie | er | es | ihr\w* | beide\w* | sonst | dann | dort | dabei | dafür | damit | aber
          | est[aeo]s? | es[aeo]s? | él | ella | ell[ao]s | ambos | entonces | allí | pero | su
          | هذا | هذه | ذلك | تلك | هو | هي
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex RefersBack();
}
