#pragma warning disable IDE0130 // The names are those of the Pgvector packages, so that they can take the place of this folder.
namespace Pgvector;

/// <summary>A dense vector of 16-bit floats: pgvector's <c>halfvec</c>.</summary>
public sealed class HalfVector(ReadOnlyMemory<Half> memory) : IEquatable<HalfVector>
{
    public ReadOnlyMemory<Half> Memory { get; } = memory;

    /// <summary>Rounds 32-bit floats to 16 bits; embeddings are normalised, so nothing overflows.</summary>
    public static HalfVector From(ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        for (var i = 0; i < halves.Length; i++) halves[i] = (Half)values[i];
        return new HalfVector(halves);
    }

    public Half[] ToArray() => Memory.ToArray();

    /// <summary>pgvector's text form: <c>[0.25,-1,3]</c>.</summary>
    public override string ToString() => $"[{string.Join(',', Memory.ToArray())}]";

    public bool Equals(HalfVector? other) => other is not null && Memory.Span.SequenceEqual(other.Memory.Span);

    public override bool Equals(object? obj) => Equals(obj as HalfVector);

    public override int GetHashCode() => Memory.IsEmpty ? 0 : HashCode.Combine(Memory.Length, Memory.Span[0], Memory.Span[^1]);
}
