using Microsoft.Extensions.AI;
using Widget.Platform.Caching;

namespace Widget.Rag.Embeddings;

/// <summary>
/// Caches the embeddings of single texts, such as questions. Batches, such as documents, are not cached. Meant for remote models: the local
/// embedder is as fast as a cache lookup.
/// </summary>
/// <param name="inner">The model.</param>
/// <param name="clock">Clock for the entries' age.</param>
/// <param name="capacity">Maximum number of embeddings.</param>
public sealed class CachingEmbeddings(IEmbeddingGenerator<string, Embedding<float>> inner, TimeProvider clock, int capacity = 5_000)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    // A model with a fixed name should not change. If one does, this limits how long its old vectors are used.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly CoalescingCache<(string? Model, int? Dimensions, string Text), Embedding<float>> _cache = new(clock, capacity);

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
