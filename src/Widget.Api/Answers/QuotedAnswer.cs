using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// Answers without a language model: quotes the sentences that are closest to the question, word for word, each with the number of its
/// source.
/// </summary>
/// <param name="Text">Markdown.</param>
/// <param name="Citations">The quoted passages, numbered from 1 in reading order.</param>
public sealed record QuotedAnswer(string Text, IReadOnlyList<Citation> Citations)
{
    /// <summary>Whether the passages are only suggested, because it is not certain that one of them answers.</summary>
    public bool IsSuggestion { get; private init; }

    /// <summary>Whether all parts of the question are answered.</summary>
    public bool IsComplete { get; private init; }

    private IReadOnlyList<Block> Blocks { get; init; } = [];

    private const int MaxQuotes = 2;
    private const int MaxSuggestions = 3;

    /// <summary>Most suggestions for a part of a question, so that the whole answer stays short.</summary>
    private const int MaxSuggestionsOfPart = 2;

    /// <summary>A second passage is quoted, too, when its probability is at least this share of the best one's.</summary>
    private const double MinProbabilityShare = 0.85;

    /// <summary>Maximum number of quotes in a comparison. The things that are compared are often in different passages.</summary>
    private const int MaxComparedQuotes = 3;

    private const double MinComparedProbabilityShare = 0.5;

    /// <summary>
    /// Beside a first suggestion, further ones need little: among three passages the right one is shown much more often than by the first.
    /// </summary>
    private const double MinFurtherProbability = 0.02;

    /// <summary>
    /// States the passages that have what the question asks for, such as an amount, if one of them probably answers. Otherwise suggests the
    /// closest passages. Null when none may help.
    /// </summary>
    /// <param name="intro">Stands above suggestions.</param>
    /// <param name="asked">What the visitor asks.</param>
    /// <param name="searched">What was searched for, which says more than a follow-up such as "And to Denmark?".</param>
    /// <param name="passages">The rated passages.</param>
    /// <param name="isPart">Whether this is the answer to a part of a question, which gets fewer suggestions.</param>
    public static QuotedAnswer? From(
        string intro,
        string asked,
        string searched,
        IReadOnlyList<RatedPassage> passages,
        bool isPart = false)
    {
        var fitting = Fitting(passages, QuoteGoal.Of(asked, searched).Expected);
        if (fitting.Count == 0) return null;
        if (PassageRater.TierOf(fitting) == AnswerTier.Sure) return State(asked, searched, fitting);
        if (PassageRater.TierOf(passages) == AnswerTier.None) return null;
        return Suggest(intro, asked, searched, passages, isPart ? MaxSuggestionsOfPart : MaxSuggestions);
    }

    /// <summary>States the best passages as the answer.</summary>
    /// <param name="asked">What the visitor asks.</param>
    /// <param name="searched">What was searched for, which says more than a follow-up such as "And to Denmark?".</param>
    /// <param name="passages">The rated passages; at least one.</param>
    public static QuotedAnswer State(string asked, string searched, IReadOnlyList<RatedPassage> passages)
    {
        var goal = QuoteGoal.Of(asked, searched);
        var (most, share) = goal.Compares ? (MaxComparedQuotes, MinComparedProbabilityShare) : (MaxQuotes, MinProbabilityShare);
        var fitting = Fitting(passages, goal.Expected).OrderByDescending(passage => passage.Probability).ToList();
        var quotes = fitting
            .Where(passage => passage.Probability >= share * fitting[0].Probability)
            .Take(most)
            .Select(passage => new Block(PassageQuote.Of(passage, goal), passage.Passage));
        return Write(WithoutRepetition(quotes), isSuggestion: false);
    }

    /// <summary>Shows the closest passages as suggestions, each with its title.</summary>
    public static QuotedAnswer Suggest(
        string intro,
        string asked,
        string searched,
        IReadOnlyList<RatedPassage> passages,
        int most = MaxSuggestions)
    {
        var goal = QuoteGoal.Of(asked, searched);
        // A page in the visitor's language is more useful than its translation.
        var readable = passages.Any(passage => !passage.IsForeign && passage.Probability >= MinFurtherProbability)
            ? passages.Where(passage => !passage.IsForeign)
            : passages;
        var quotes = readable.OrderByDescending(passage => goal.Expected?.IsIn(passage.Passage.Text) == true)
            .ThenByDescending(passage => passage.Probability)
            .Where((passage, i) => i == 0 || passage.Probability >= MinFurtherProbability)
            .Take(most)
            .Select(passage => new Block(PassageQuote.Of(passage, goal), passage.Passage) { IsTitled = true });
        return Write([new Block(intro, null), .. WithoutRepetition(quotes)], isSuggestion: true);
    }

    /// <summary>Says that nothing was found for a part of a question.</summary>
    public static QuotedAnswer Missing(string text) => Write([new Block(text, null)], isSuggestion: true);

    /// <summary>
    /// Joins the answers to the parts of a question: what is certain first, then suggestions and what was not found. What one part has
    /// quoted is not quoted again for another.
    /// </summary>
    public static QuotedAnswer Join(IReadOnlyList<QuotedAnswer> answers)
    {
        var blocks = new List<Block>();
        foreach (var answer in answers.OrderBy(answer => answer.IsSuggestion))
        {
            var further = WithoutRepetition(answer.Blocks, blocks);
            // If all suggestions are left out, so are the words above them.
            if (answer.Citations.Count == 0 || further.Any(block => block.Passage is not null)) blocks.AddRange(further);
        }

        return Write(blocks, answers.All(answer => answer.IsSuggestion)) with
        {
            IsComplete = answers.All(answer => answer.IsComplete),
        };
    }

    private static QuotedAnswer Write(IReadOnlyList<Block> blocks, bool isSuggestion)
    {
        var citations = new List<Citation>();
        var texts = blocks.Select(block => block.Passage is { } passage ? Cited(block, NumberOf(passage)) : block.Text).ToList();
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

    // Leaves out quotes whose text is part of an earlier quote, and suggestions that repeat one.
    private static List<Block> WithoutRepetition(IEnumerable<Block> blocks, IReadOnlyList<Block>? earlier = null)
    {
        var kept = new List<Block>();
        foreach (var block in blocks)
        {
            var quoted = kept.Concat(earlier ?? []).Where(other => other.Passage is not null);
            if (block.Passage is not null && quoted.Any(other => Repeats(block, other))) continue;
            kept.Add(block);
        }

        return kept;
    }

    private static bool Repeats(Block block, Block earlier) =>
        earlier.Text.Contains(block.Text, StringComparison.Ordinal)
        || (block.IsTitled && block.Text.Contains(earlier.Text, StringComparison.Ordinal));

    private static IReadOnlyList<RatedPassage> Fitting(IReadOnlyList<RatedPassage> passages, ExpectedAnswer? expected)
    {
        if (expected is null) return passages;
        RatedPassage[] fitting = [.. passages.Where(passage => expected.IsIn(passage.Passage.Text))];
        return fitting.Length == 0 && !expected.IsNeeded ? passages : fitting;
    }

    // The citation number of a table is written below it.
    private static string Cited(Block block, int number)
    {
        var text = CitationNumbers.Escape(block.Text);
        var quote = PassageQuote.IsRow(block.Text) ? $"{QuotedTable.Write(text)}\n\n[{number}]" : $"{text} [{number}]";
        if (block is not { IsTitled: true, Passage: { } passage }) return quote;
        // Tables and lists begin on a line of their own.
        return $"**{TitleOf(passage)}**{(quote.Contains('\n') || PassageQuote.IsList(text) ? "\n\n" : ": ")}{quote}";
    }

    // The document's title and the heading above the passage.
    private static string TitleOf(Citation passage)
    {
        var title = passage.Headings is [.., var heading] && heading != passage.Title ? $"{passage.Title} › {heading}" : passage.Title;
        return CitationNumbers.Escape(title.Replace("*", "", StringComparison.Ordinal));
    }

    /// <summary>A part of the answer.</summary>
    /// <param name="Text">The quoted text, or words of the assistant.</param>
    /// <param name="Passage">The quoted passage; null for words of the assistant.</param>
    private sealed record Block(string Text, Citation? Passage)
    {
        /// <summary>Whether the passage's title is written before it.</summary>
        public bool IsTitled { get; init; }
    }
}
