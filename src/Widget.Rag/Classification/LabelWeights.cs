using System.Runtime.InteropServices;
using Widget.Rag.Embeddings.Local;

namespace Widget.Rag.Classification;

/// <summary>Weights of the words' features (<see cref="WordFeatures"/>). One byte for each suffices.</summary>
/// <param name="Bias">Added to every score.</param>
/// <param name="Scale">What a weight of 1 is worth.</param>
/// <param name="Weights">By feature. Their number is a power of two. If there are fewer than features, several share one.</param>
public sealed record WordWeights(float Bias, float Scale, sbyte[] Weights)
{
    public float Score(IEnumerable<Feature> features) =>
        Bias + (Scale * features.Sum(feature => feature.Value * Weights[feature.Index & (Weights.Length - 1)]));

    public static WordWeights Round(float bias, ReadOnlySpan<float> weights)
    {
        var largest = 0f;
        foreach (var weight in weights) largest = Math.Max(largest, Math.Abs(weight));
        var scale = largest / sbyte.MaxValue;
        var rounded = new sbyte[weights.Length];
        if (scale > 0)
            for (var i = 0; i < rounded.Length; i++) rounded[i] = (sbyte)MathF.Round(weights[i] / scale);
        return new WordWeights(bias, scale, rounded);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Bias);
        writer.Write(Scale);
        writer.Write(MemoryMarshal.AsBytes<sbyte>(Weights));
    }

    internal static WordWeights Read(BinaryReader reader, int count)
    {
        var (bias, scale, weights) = (reader.ReadSingle(), reader.ReadSingle(), new sbyte[count]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return new WordWeights(bias, scale, weights);
    }
}

/// <summary>Weights of a sentence vector's dimensions.</summary>
/// <param name="Bias">Added to every score.</param>
/// <param name="Weights">By dimension.</param>
public sealed record VectorWeights(float Bias, Half[] Weights)
{
    public float Score(ReadOnlySpan<float> vector)
    {
        var score = Bias;
        for (var i = 0; i < vector.Length; i++) score += vector[i] * (float)Weights[i];
        return score;
    }

    public static VectorWeights Round(float bias, ReadOnlySpan<float> weights)
    {
        var rounded = new Half[weights.Length];
        for (var i = 0; i < rounded.Length; i++) rounded[i] = (Half)weights[i];
        return new VectorWeights(bias, rounded);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Bias);
        writer.Write(MemoryMarshal.AsBytes<Half>(Weights));
    }

    internal static VectorWeights Read(BinaryReader reader)
    {
        var (bias, weights) = (reader.ReadSingle(), new Half[SentenceEmbedder.Dimensions]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return new VectorWeights(bias, weights);
    }
}

/// <summary>
/// The fitted weights of one label, two logistic regressions: one on words alone, one on words and the sentence vector. The local models
/// know English better than other languages, so the vector has other weights in English.
/// </summary>
/// <param name="WordsAlone">For a text without a vector.</param>
/// <param name="Words">For a text with a vector.</param>
/// <param name="English">Of the vector of an English text.</param>
/// <param name="Other">Of the vector of a text in another language.</param>
public sealed record LabelWeights(WordWeights WordsAlone, WordWeights Words, VectorWeights English, VectorWeights Other)
{
    internal void Write(BinaryWriter writer)
    {
        WordsAlone.Write(writer);
        Words.Write(writer);
        English.Write(writer);
        Other.Write(writer);
    }

    internal static LabelWeights Read(BinaryReader reader, int words) => new(
        WordWeights.Read(reader, words),
        WordWeights.Read(reader, words),
        VectorWeights.Read(reader),
        VectorWeights.Read(reader));
}
