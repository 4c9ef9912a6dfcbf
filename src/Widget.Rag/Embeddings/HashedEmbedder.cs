using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;
using Widget.Rag.Text;

namespace Widget.Rag.Embeddings;

/// <summary>
/// An embedder that needs no model weights, no training and no network. It uses signed feature hashing of words and their character n-grams
/// (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"). N-grams have marked word boundaries as in Bojanowski et
/// al. 2017, "Enriching Word Vectors with Subword Information".
/// <para>It represents spelling, not meaning: it tolerates typos, inflections and compounds, but does not know synonyms. A feature's value
/// is log(1 + Σ weight). A word weighs 1, its n-grams <see cref="GramWeight"/> each, and stop words a tenth of that. The vector has unit
/// length. The weights were chosen on an open collection (docs/decisions/0005-local-embedder.md).</para>
/// </summary>
public sealed class HashedEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const float GramWeight = 0.3f;
    private const float StopWordWeight = 0.1f;
    private const int MinGramLength = 3;
    private const int MaxGramLength = 5;
    private const int MaxWordLength = 64;

    /// <summary>Name and version. Stored with every vector, because vectors of different models cannot be compared.</summary>
    public const string Model = "hashed-1024-v2";

    public const int Dimensions = 1024;

    private static readonly EmbeddingGeneratorMetadata Metadata = new("widget", null, Model, Dimensions);

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        // Sequential on the caller's thread. Parallel LINQ would block a pool thread until others are free, and many concurrent callers
        // would block all of them.
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(text)) { ModelId = Model });
        }

        return Task.FromResult(embeddings);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // There is nothing to dispose; the interface requires the method.
    }

    public static float[] Embed(string text)
    {
        var features = new Dictionary<ulong, float>();
        Span<char> buffer = stackalloc char[MaxWordLength + 2];
        foreach (var word in Words.Of(text))
        {
            var weight = StopWords.Contains(word) ? StopWordWeight : 1f;
            Add(features, Hash(word, isWord: true), weight);

            var length = Math.Min(word.Length, MaxWordLength);
            buffer[0] = '<';
            word.AsSpan(0, length).CopyTo(buffer[1..]);
            buffer[length + 1] = '>';
            var marked = buffer[..(length + 2)];
            for (var size = MinGramLength; size <= MaxGramLength; size++)
                for (var start = 0; start + size <= marked.Length; start++)
                    Add(features, Hash(marked.Slice(start, size), isWord: false), weight * GramWeight);
        }

        var vector = new float[Dimensions];
        foreach (var (hash, weight) in features)
        {
            var value = MathF.Log(1 + weight);
            vector[hash % (ulong)vector.Length] += (hash >> 63) == 0 ? value : -value;
        }

        var norm = MathF.Sqrt(vector.Sum(value => value * value));
        if (norm == 0) return vector;
        for (var i = 0; i < vector.Length; i++) vector[i] /= norm;
        return vector;
    }

    private static void Add(Dictionary<ulong, float> features, ulong hash, float weight) =>
        CollectionsMarshal.GetValueRefOrAddDefault(features, hash, out _) += weight;

    // FNV-1a, finished with MurmurHash3's mixer. Stored vectors depend on the hash, so it must never change.
    private static ulong Hash(ReadOnlySpan<char> text, bool isWord)
    {
        var hash = isWord ? 0xcbf29ce484222325UL : 0x84222325cbf29ce4UL;
        foreach (var character in text)
        {
            hash = (hash ^ (byte)character) * 0x100000001b3UL;
            hash = (hash ^ (byte)(character >> 8)) * 0x100000001b3UL;
        }

        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }
}
