using Widget.Rag.Embeddings;
using Widget.Rag.Reading;

namespace Widget.Api.Answers;

/// <summary>
/// Answers without a language model: quotes the sentences of the passages that are closest to the question, each with its number. Every
/// sentence is quoted word for word.
/// </summary>
public static class ExtractiveAnswer
{
    private const int MostPassages = 4;
    private const int MostQuotedFrom = 2;
    private const int MostSentences = 3;
    private const int ShortPassage = 320;

    /// <summary>A second passage is quoted, too, when its best sentence scores at least this share of the best of all.</summary>
    private const double AsGood = 0.85;

    /// <summary>The search weighs the question's words by rarity. A single sentence cannot show how rare a word is.</summary>
    private const double SearchShare = 0.6;

    /// <summary>A heading tells what its sentences are about, but less reliably than their own words.</summary>
    private const double HeadingShare = 0.35;

    /// <summary>The share of its score that a sentence keeps when it lacks what the question asks for.</summary>
    private const double WithoutExpected = 0.3;

    /// <param name="asked">What the visitor asks.</param>
    /// <param name="searched">What was searched for, which says more than a follow-up such as "And to Denmark?".</param>
    /// <param name="passages">Best first.</param>
    /// <returns>Markdown; empty when no passage answers the question.</returns>
    public static string Write(string asked, string searched, IReadOnlyList<ScoredPassage> passages)
    {
        var question = HashedEmbedder.Embed(searched);
        var expected = ExpectedAnswer.To(asked) ?? ExpectedAnswer.To(searched);
        var quotes = Fitting([.. passages.Take(MostPassages)], expected)
            .Select(scored => Quote.From(scored, question, expected))
            .OfType<Quote>()
            .ToList();
        if (quotes.Count == 0) return "";

        var best = quotes.Max(quote => quote.Score);
        return string.Join("\n\n", quotes
            .Where(quote => quote.Score >= AsGood * best)
            .OrderByDescending(quote => quote.Score)
            .Take(MostQuotedFrom)
            .OrderBy(quote => quote.Number)
            .Select(quote => quote.Cited));
    }

    private static List<ScoredPassage> Fitting(List<ScoredPassage> passages, ExpectedAnswer? expected)
    {
        if (expected is null) return passages;
        var fitting = passages.FindAll(scored => expected.IsIn(scored.Passage.Text));
        return fitting.Count == 0 && !expected.IsNeeded ? passages : fitting;
    }

    private sealed record Quote(int Number, string Text, double Score)
    {
        /// <summary>The text with its number. The number of a table stands below it.</summary>
        public string Cited => Text.Contains(" | ", StringComparison.Ordinal)
            ? $"{QuotedTable.Write(CitationNumbers.Escape(Text))}\n\n[{Number}]"
            : $"{CitationNumbers.Escape(Text)} [{Number}]";

        public static Quote? From(ScoredPassage scored, float[] question, ExpectedAnswer? expected)
        {
            var passage = scored.Passage;
            var sentences = Sentences.Of(passage.Text).ToArray();
            if (sentences.Length == 0) return null;
            var heading = Similarity(question, string.Join(' ', passage.Headings.Prepend(passage.Title)));
            // Every page has amounts, so if the question asks for one, the sentence itself must match the subject, not only its heading.
            var share = expected is null ? HeadingShare : HeadingShare / 2;
            var scores = Array.ConvertAll(sentences, Score);
            var best = Array.IndexOf(scores, scores.Max());

            // A short passage is quoted whole. Of a longer one, the best sentence is quoted with the next ones, which often complete it.
            var text = passage.Text.Length <= ShortPassage
                ? passage.Text
                : Range(passage.Text, sentences, best, Math.Min(sentences.Length, best + MostSentences));
            return new Quote(passage.Number, text, scores[best] * ((1 - SearchShare) + (SearchShare * scored.Score)));

            double Score(string sentence)
            {
                var closeness = ((1 - share) * Similarity(question, sentence)) + (share * heading);
                return expected?.IsIn(sentence) == false ? WithoutExpected * closeness : closeness;
            }
        }

        // The text from one sentence up to another, with its line breaks, so that a list stays a list.
        private static string Range(string text, string[] sentences, int from, int to)
        {
            var (start, end) = (0, 0);
            for (var i = 0; i < to; i++)
            {
                var found = text.IndexOf(sentences[i], end, StringComparison.Ordinal);
                if (i == from) start = found;
                end = found + sentences[i].Length;
            }

            return text[start..end];
        }

        // Both have unit length.
        private static double Similarity(float[] question, string text)
        {
            var other = HashedEmbedder.Embed(text);
            var sum = 0.0;
            for (var i = 0; i < other.Length; i++) sum += question[i] * other[i];
            return sum;
        }
    }
}
