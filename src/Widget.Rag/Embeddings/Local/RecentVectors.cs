using System.Collections.Concurrent;

namespace Widget.Rag.Embeddings.Local;

/// <summary>
/// The vectors of the latest questions. The router and the search embed the same question one after the other, so each is computed once.
/// Safe for concurrent use. The vectors must not be changed.
/// </summary>
internal sealed class RecentVectors(int capacity)
{
    private readonly ConcurrentDictionary<string, float[]> _vectors = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _texts = new();

    public float[] GetOrAdd(string text, Func<string, float[]> embed)
    {
        if (_vectors.TryGetValue(text, out var known)) return known;
        var vector = embed(text);
        if (!_vectors.TryAdd(text, vector)) return vector;
        _texts.Enqueue(text);
        if (_texts.Count > capacity && _texts.TryDequeue(out var oldest)) _vectors.TryRemove(oldest, out _);
        return vector;
    }
}
