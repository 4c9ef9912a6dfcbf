using Pgvector;

namespace Widget.Rag.Ranking;

/// <summary>Sparse vectors of term weights, one dimension per lexeme.</summary>
public static class SparseVectors
{
    /// <summary>pgvector's limit on the number of dimensions.</summary>
    public const int MaxDimensions = 1_000_000_000;

    /// <param name="values">Values by zero-based index; zeros are left out.</param>
    /// <param name="dimensions">Number of dimensions.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the dimensions.</exception>
    public static SparseVector Create(IEnumerable<KeyValuePair<int, float>> values, int dimensions = MaxDimensions)
    {
        var elements = new Dictionary<int, float>();
        foreach (var (index, value) in values)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(values));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, dimensions, nameof(values));
            if (value != 0) elements.Add(index, value);
        }

        return new SparseVector(elements, dimensions);
    }

    /// <summary>Returns a vector with the same dimensions and other values.</summary>
    public static SparseVector Map(this SparseVector vector, Func<float, float> value)
    {
        var elements = new Dictionary<int, float>(vector.Indices.Length);
        for (var i = 0; i < vector.Indices.Length; i++) elements.Add(vector.Indices.Span[i], value(vector.Values.Span[i]));
        return new SparseVector(elements, vector.Dimensions);
    }
}
