using Microsoft.Extensions.AI;
using Widget.Platform.Caching;

namespace Widget.Rag.Embeddings;

/// <summary>
/// Remembers the embeddings of single texts, which is what questions are; batches, which is what documents come in, pass through.
/// For models that somebody else runs: the local embedder is as quick as looking it up.
/// </summary>
/// <param name="inner">The model.</param>
/// <param name="clock">Ages are measured with it.</param>
/// <param name="capacity">Most embeddings kept.</param>
public sealed class CachingEmbeddings(IEmbeddingGenerator<string, Embedding<float>> inner, TimeProvider clock, int capacity = 5_000)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    // A model under one name does not change; this bounds how long one that does anyway is believed.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly SharedCache<(string? Model, int? Dimensions, string Text), Embedding<float>> _cache = new(clock, capacity);

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var texts = values as IReadOnlyList<string> ?? [.. values];
        if (texts is not [var text]) return await InnerGenerator.GenerateAsync(texts, options, cancellationToken);
        var (embedding, _) = await _cache.GetAsync(
            (options?.ModelId, options?.Dimensions, text),
            async running => (await InnerGenerator.GenerateAsync(texts, options, running))[0],
            _ => Lifetime,
            cancellationToken);
        return [embedding];
    }
}
