using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Widget.Rag.Embeddings;
using Widget.Rag.Ingestion;

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
        var question = HashedEmbedder.Embed(messages.Last(message => message.Role == ChatRole.User).Text);
        var quotes = AnswerPrompt.PassagesOf(options)
            .Take(MostPassages)
            .Select(scored => Quote.From(scored, question))
            .OfType<Quote>()
            .ToList();
        if (quotes.Count == 0) return "";

        var best = quotes.Max(quote => quote.Score);
        return string.Join("\n\n", quotes
            .Where(quote => quote.Score >= AsGood * best)
            .OrderByDescending(quote => quote.Score)
            .Take(MostQuotedFrom)
            .OrderBy(quote => quote.Number)
            .Select(quote => $"{quote.Text} [{quote.Number}]"));
    }

    private sealed record Quote(int Number, string Text, double Score)
    {
        public static Quote? From(ScoredPassage scored, float[] question)
        {
            var passage = scored.Passage;
            var sentences = Sentences.Of(passage.Text).ToArray();
            if (sentences.Length == 0) return null;
            var heading = Similarity(question, string.Join(' ', passage.Headings.Prepend(passage.Title)));
            var scores = Array.ConvertAll(
                sentences,
                sentence => ((1 - HeadingShare) * Similarity(question, sentence)) + (HeadingShare * heading));
            var best = Array.IndexOf(scores, scores.Max());

            // A short passage is quoted whole; of a longer one the best sentence and what follows, which often completes it.
            var text = passage.Text.Length <= ShortPassage
                ? passage.Text
                : Range(passage.Text, sentences, best, Math.Min(sentences.Length, best + MostSentences));
            return new Quote(passage.Number, text, scores[best] * ((1 - SearchShare) + (SearchShare * scored.Score)));
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
