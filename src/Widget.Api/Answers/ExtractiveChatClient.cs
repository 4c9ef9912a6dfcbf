using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Widget.Rag.Embeddings;
using Widget.Rag.Reading;

namespace Widget.Api.Answers;

/// <summary>
/// Answers without a language model: quotes the sentences of the passages that come closest to the question, each with its
/// number. Every sentence stands literally in its passage.
/// </summary>
public sealed class ExtractiveChatClient : IChatClient
{
    private const int MostPassages = 4;
    private const int MostQuotedFrom = 2;
    private const int MostSentences = 3;
    private const int ShortPassage = 320;

    /// <summary>A second passage is quoted, too, when its best sentence comes this close to the best of all.</summary>
    private const double AsGood = 0.85;

    /// <summary>The search has weighed the question's words by how rare they are, which sentences alone cannot.</summary>
    private const double SearchShare = 0.6;

    /// <summary>A heading says what its sentences are about, but less surely than their own words.</summary>
    private const double HeadingShare = 0.35;

    /// <summary>What is left of a sentence's score when it lacks what the question asks for.</summary>
    private const double Beside = 0.3;

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer(messages, options))));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield return new ChatResponseUpdate(ChatRole.Assistant, Answer(messages, options));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // Nothing is held; the interface asks for it.
    }

    private static string Answer(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var asked = messages.Last(message => message.Role == ChatRole.User).Text;
        // "And to Denmark?" alone says nothing of what it asks for; what was searched for does.
        var searched = AnswerPrompt.SearchedOf(options) ?? asked;
        var question = HashedEmbedder.Embed(searched);
        var expected = ExpectedAnswer.To(asked) ?? ExpectedAnswer.To(searched);
        var passages = AnswerPrompt.PassagesOf(options).Take(MostPassages).ToList();
        var fitting = passages.FindAll(scored => expected?.IsIn(scored.Passage.Text) != false);
        if (fitting.Count == 0 && !expected!.IsNeeded) fitting = passages;
        var quotes = fitting
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

    private sealed record Quote(int Number, string Text, double Score)
    {
        /// <summary>The text with its number; a table stays one, with its number below.</summary>
        public string Cited => Text.Contains(" | ", StringComparison.Ordinal)
            ? $"{AsTable(CitationNumbers.Escape(Text))}\n\n[{Number}]"
            : $"{CitationNumbers.Escape(Text)} [{Number}]";

        public static Quote? From(ScoredPassage scored, float[] question, ExpectedAnswer? expected)
        {
            var passage = scored.Passage;
            var sentences = Sentences.Of(passage.Text).ToArray();
            if (sentences.Length == 0) return null;
            var heading = Similarity(question, string.Join(' ', passage.Headings.Prepend(passage.Title)));
            // Where an amount is asked for, the sentence that has one must also be about the right thing itself: every page has amounts.
            var share = expected is null ? HeadingShare : HeadingShare / 2;
            var scores = Array.ConvertAll(
                sentences,
                sentence => (((1 - share) * Similarity(question, sentence)) + (share * heading)) * (expected?.IsIn(sentence) == false ? Beside : 1));
            var best = Array.IndexOf(scores, scores.Max());

            // A short passage is quoted whole; of a longer one the best sentence and what follows, which often completes it.
            var text = passage.Text.Length <= ShortPassage
                ? passage.Text
                : Range(passage.Text, sentences, best, Math.Min(sentences.Length, best + MostSentences));
            return new Quote(passage.Number, text, scores[best] * ((1 - SearchShare) + (SearchShare * scored.Score)));
        }

        // Rows of cells are kept as lines with bars between; Markdown wants a line below the first.
        private static string AsTable(string text)
        {
            var lines = new List<string>();
            var inTable = false;
            foreach (var line in text.Split('\n'))
            {
                var isRow = line.Contains(" | ", StringComparison.Ordinal);
                if (isRow && !inTable)
                {
                    if (lines.Count > 0) lines.Add("");
                    lines.AddRange([line, string.Join("|", line.Split(" | ").Select(_ => "---"))]);
                }
                else
                {
                    if (!isRow && inTable) lines.Add("");
                    lines.Add(line);
                }

                inTable = isRow;
            }

            return string.Join('\n', lines);
        }

        // The part of the text from one sentence to before another, as it stands there, so that a list stays a list.
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
