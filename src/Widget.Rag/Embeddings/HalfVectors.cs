using Pgvector;

namespace Widget.Rag.Embeddings;

/// <summary>Stored embeddings: 16-bit floats, pgvector's <c>halfvec</c>.</summary>
public static class HalfVectors
{
    /// <summary>Rounds 32-bit floats to 16 bits. Embeddings are normalised, so no value overflows.</summary>
    public static HalfVector From(ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        for (var i = 0; i < halves.Length; i++) halves[i] = (Half)values[i];
        return new HalfVector(halves);
    }
}
