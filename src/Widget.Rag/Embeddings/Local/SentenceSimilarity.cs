using System.Numerics.Tensors;
using Widget.Platform.Caching;

namespace Widget.Rag.Embeddings.Local;

/// <summary>
/// Compares sentences of passages with a question by meaning. The vectors of sentences are cached, because many visitors ask about
/// the same passages.
/// </summary>
public sealed class SentenceSimilarity(SentenceEmbedder embedder, TimeProvider clock)
{
    // Number of vectors. Each takes 1.5 KB.
    private const int Capacity = 40_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly CoalescingCache<string, float[]> _vectors = new(clock, Capacity);

    /// <param name="question">The question.</param>
    /// <param name="sentences">The sentences to compare.</param>
    /// <param name="ct">Cancels the comparison.</param>
    /// <returns>The cosine for each sentence, −1 to 1; null when the models cannot be used.</returns>
    public async Task<double[]?> CompareAsync(string question, IReadOnlyList<string> sentences, CancellationToken ct)
    {
        if (!embedder.IsAvailable) return null;
        var questionVector = await VectorAsync(question, ct);
        var similarities = new double[sentences.Count];
        for (var i = 0; i < similarities.Length; i++)
        {
            ct.ThrowIfCancellationRequested();
            var sentence = await VectorAsync(sentences[i], ct);
            similarities[i] = TensorPrimitives.Dot<float>(questionVector, sentence);
        }

        return similarities;
    }

    private async Task<float[]> VectorAsync(string text, CancellationToken ct) =>
        (await _vectors.GetAsync(text, _ => Task.FromResult(embedder.EmbedSentence(text)!), _ => Lifetime, ct)).Value;
}
