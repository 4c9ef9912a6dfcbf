#pragma warning disable IDE0130 // The names are those of the Pgvector packages, so that they can take the place of this folder.
namespace Pgvector;

/// <summary>A vector that names its non-zero elements only: pgvector's <c>sparsevec</c>.</summary>
public sealed class SparseVector : IEquatable<SparseVector>
{
    /// <summary>pgvector's limit on the number of dimensions.</summary>
    public const int MaxDimensions = 1_000_000_000;

    /// <param name="values">Value by zero-based index; order does not matter, zeros are left out.</param>
    /// <param name="dimensions">Number of dimensions, 1 to 1,000,000,000.</param>
    public SparseVector(IEnumerable<KeyValuePair<int, float>> values, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        var sorted = values.Where(element => element.Value != 0).OrderBy(element => element.Key).ToArray();
        Indices = Array.ConvertAll(sorted, element => element.Key);
        Values = Array.ConvertAll(sorted, element => element.Value);
        Dimensions = dimensions;
        if (sorted.Length > 0 && (sorted[0].Key < 0 || sorted[^1].Key >= dimensions))
            throw new ArgumentOutOfRangeException(nameof(values), "An index lies outside the vector's dimensions.");
    }

    internal SparseVector(int[] indices, float[] values, int dimensions)
    {
        Indices = indices;
        Values = values;
        Dimensions = dimensions;
    }

    /// <summary>The same dimensions with other values.</summary>
    internal SparseVector Map(Func<float, float> value) => new([.. Indices.Span], Array.ConvertAll([.. Values.Span], new Converter<float, float>(value)), Dimensions);

    public int Dimensions { get; }

    /// <summary>Zero-based, ascending.</summary>
    public ReadOnlyMemory<int> Indices { get; }

    public ReadOnlyMemory<float> Values { get; }

    /// <summary>pgvector's text form, whose indices start at one: <c>{1:0.5,7:2}/1000</c>.</summary>
    public override string ToString()
    {
        var indices = Indices.ToArray();
        var values = Values.ToArray();
        return $"{{{string.Join(',', indices.Select((index, i) => $"{index + 1}:{values[i]}"))}}}/{Dimensions}";
    }

    public bool Equals(SparseVector? other) =>
        other is not null && Dimensions == other.Dimensions
        && Indices.Span.SequenceEqual(other.Indices.Span) && Values.Span.SequenceEqual(other.Values.Span);

    public override bool Equals(object? obj) => Equals(obj as SparseVector);

    public override int GetHashCode() => HashCode.Combine(Dimensions, Indices.Length, Indices.IsEmpty ? 0 : Indices.Span[0]);
}
