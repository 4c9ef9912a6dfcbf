using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// Answers without a language model: quotes the sentences that are closest to the question, word for word, each with the number of its
/// source.
/// </summary>
/// <param name="Text">Markdown.</param>
/// <param name="Citations">The quoted passages, numbered from 1 in reading order.</param>
public sealed partial record QuotedAnswer(string Text, IReadOnlyList<Citation> Citations)
{
    /// <summary>Whether the passages are only suggested, because it is not certain that one of them answers.</summary>
    public bool IsSuggestion { get; private init; }

    /// <summary>Whether all parts of the question are answered.</summary>
    public bool IsComplete { get; private init; }

    private IReadOnlyList<Block> Blocks { get; init; } = [];

    private const int MaxQuotes = 2;
    private const int MaxSuggestions = 3;

    /// <summary>A second passage is quoted, too, when its probability is at least this share of the best one's.</summary>
    private const double MinProbabilityShare = 0.85;

    /// <summary>
    /// Beside a first suggestion, further ones need little: among three passages the right one is shown much more often than by the first.
    /// </summary>
    private const double MinFurtherProbability = 0.02;

    /// <summary>A neighbour of the closest sentence is quoted, too, when it is at least this share as close to the question.</summary>
    private const double MinNeighbourShare = 0.5;

    /// <summary>A table row is quoted with the closest row when it is at least this share as close to the question.</summary>
    private const double MinRowShare = 0.75;

    private const int MaxRows = 4;

    /// <summary>A quote with neighbours has at most this many words.</summary>
    private const int MaxWords = 36;

    /// <summary>The share of its closeness that a sentence keeps when it lacks what the question asks for.</summary>
    private const double ShareWithoutExpected = 0.3;

    /// <summary>
    /// States the passages that have what the question asks for, such as an amount, if one of them probably answers. Otherwise suggests the
    /// closest passages. Null when none may help.
    /// </summary>
    /// <param name="intro">Stands above suggestions.</param>
    /// <param name="asked">What the visitor asks.</param>
    /// <param name="searched">What was searched for, which says more than a follow-up such as "And to Denmark?".</param>
    /// <param name="passages">The rated passages.</param>
    public static QuotedAnswer? From(string intro, string asked, string searched, IReadOnlyList<RatedPassage> passages)
    {
        var fitting = Fitting(passages, ExpectedAnswer.To(asked) ?? ExpectedAnswer.To(searched));
        if (fitting.Count == 0) return null;
        if (PassageRater.TierOf(fitting) == AnswerTier.Sure) return State(asked, searched, fitting);
        return PassageRater.TierOf(passages) == AnswerTier.None ? null : Suggest(intro, asked, searched, passages);
    }

    /// <summary>States the best passages as the answer.</summary>
    /// <param name="asked">What the visitor asks.</param>
    /// <param name="searched">What was searched for, which says more than a follow-up such as "And to Denmark?".</param>
    /// <param name="passages">The rated passages; at least one.</param>
    public static QuotedAnswer State(string asked, string searched, IReadOnlyList<RatedPassage> passages)
    {
        var expected = ExpectedAnswer.To(asked) ?? ExpectedAnswer.To(searched);
        var fitting = Fitting(passages, expected).OrderByDescending(passage => passage.Probability).ToList();
        var quotes = fitting
            .Where(passage => passage.Probability >= MinProbabilityShare * fitting[0].Probability)
            .Take(MaxQuotes)
            .Select(passage => new Block(Quote(passage, expected), passage.Passage))
            .DistinctBy(quote => quote.Text, StringComparer.Ordinal);
        return Write([.. quotes], isSuggestion: false);
    }

    /// <summary>Shows the closest passages as suggestions, each with its title.</summary>
    public static QuotedAnswer Suggest(string intro, string asked, string searched, IReadOnlyList<RatedPassage> passages)
    {
        var expected = ExpectedAnswer.To(asked) ?? ExpectedAnswer.To(searched);
        var ordered = passages.OrderByDescending(passage => passage.Probability).ToList();
        var quotes = ordered
            .Where((passage, i) => i == 0 || passage.Probability >= MinFurtherProbability)
            .Take(MaxSuggestions)
            .Select(passage => new Block(Quote(passage, expected), passage.Passage))
            .DistinctBy(quote => quote.Text, StringComparer.Ordinal);
        return Write([new Block(intro, null), .. quotes], isSuggestion: true);
    }

    /// <summary>Says that nothing was found for a part of a question.</summary>
    public static QuotedAnswer Missing(string text) => Write([new Block(text, null)], isSuggestion: true);

    /// <summary>
    /// Joins the answers to the parts of a question: what is certain first, then suggestions and what was not found. A passage that several
    /// parts quote is quoted once for each text, with one number.
    /// </summary>
    public static QuotedAnswer Join(IReadOnlyList<QuotedAnswer> answers)
    {
        var blocks = answers.OrderBy(answer => answer.IsSuggestion).SelectMany(answer => answer.Blocks)
            .DistinctBy(block => (block.Text, block.Passage?.Title, block.Passage?.Url));
        return Write([.. blocks], answers.All(answer => answer.IsSuggestion)) with
        {
            IsComplete = answers.All(answer => answer.IsComplete),
        };
    }

    private static QuotedAnswer Write(IReadOnlyList<Block> blocks, bool isSuggestion)
    {
        var citations = new List<Citation>();
        var texts = blocks.Select(block => block.Passage is { } passage ? Cited(block.Text, NumberOf(passage)) : block.Text).ToList();
        return new QuotedAnswer(string.Join("\n\n", texts), citations)
        {
            IsSuggestion = isSuggestion,
            IsComplete = !isSuggestion,
            Blocks = blocks,
        };

        int NumberOf(Citation passage)
        {
            var known = citations.FindIndex(
                other => other.Text == passage.Text && other.Url == passage.Url && other.Title == passage.Title);
            if (known >= 0) return known + 1;
            citations.Add(passage with { Number = citations.Count + 1 });
            return citations.Count;
        }
    }

    private static IReadOnlyList<RatedPassage> Fitting(IReadOnlyList<RatedPassage> passages, ExpectedAnswer? expected)
    {
        if (expected is null) return passages;
        RatedPassage[] fitting = [.. passages.Where(passage => expected.IsIn(passage.Passage.Text))];
        return fitting.Length == 0 && !expected.IsNeeded ? passages : fitting;
    }

    // The citation number of a table is written below it.
    private static string Cited(string text, int number) => IsRow(text)
        ? $"{QuotedTable.Write(CitationNumbers.Escape(text))}\n\n[{number}]"
        : $"{CitationNumbers.Escape(text)} [{number}]";

    private static string Quote(RatedPassage passage, ExpectedAnswer? expected)
    {
        var sentences = passage.Sentences;
        if (sentences.Count == 0) return passage.Passage.Text;
        double[] closeness =
        [
            .. sentences.Select(sentence => sentence.Closeness * (expected?.IsIn(sentence.Text) == false ? ShareWithoutExpected : 1)),
        ];
        var best = Array.IndexOf(closeness, closeness.Max());
        return IsRow(sentences[best].Text)
            ? Rows(sentences, closeness, best)
            : Prose(passage.Passage.Text, sentences, closeness, best);
    }

    private static string Rows(IReadOnlyList<RatedSentence> sentences, double[] closeness, int best) => string.Join('\n', sentences
        .Select((sentence, i) => (sentence.Text, Index: i))
        .Where(row => IsRow(row.Text) && closeness[row.Index] >= MinRowShare * closeness[best])
        .OrderByDescending(row => closeness[row.Index])
        .Take(MaxRows)
        .OrderBy(row => row.Index)
        .Select(row => row.Text));

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

    private static bool IsRow(string text) => text.Contains(" | ", StringComparison.Ordinal);

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

    /// <summary>A part of the answer.</summary>
    /// <param name="Text">The quoted text, or words of the assistant.</param>
    /// <param name="Passage">The quoted passage; null for words of the assistant.</param>
    private sealed record Block(string Text, Citation? Passage);
}
