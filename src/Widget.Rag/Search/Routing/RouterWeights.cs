using System.Runtime.InteropServices;
using Widget.Rag.Embeddings.Local;

namespace Widget.Rag.Search.Routing;

/// <summary>Weights of the words' features (<see cref="WordFeatures"/>). One byte for each suffices.</summary>
/// <param name="Bias">Added to every score.</param>
/// <param name="Scale">What a weight of 1 is worth.</param>
/// <param name="Weights">By feature.</param>
internal sealed record WordWeights(float Bias, float Scale, sbyte[] Weights)
{
    public float Score(IEnumerable<Feature> features) =>
        Bias + (Scale * features.Sum(feature => feature.Value * Weights[feature.Index]));

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
}

/// <summary>Weights of a sentence vector's dimensions.</summary>
/// <param name="Bias">Added to every score.</param>
/// <param name="Weights">By dimension.</param>
internal sealed record VectorWeights(float Bias, Half[] Weights)
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
}

/// <summary>
/// The fitted weights of the router, two logistic regressions: one on words alone, one on words and the sentence vector. The local models
/// know English better than other languages, so the vector has other weights in English. The vector itself tells which it is.
/// </summary>
/// <param name="WordsAlone">For a question without a vector.</param>
/// <param name="Words">For a question with a vector.</param>
/// <param name="English">Of the vector of an English question.</param>
/// <param name="Other">Of the vector of a question in another language.</param>
/// <param name="Language">Of the vector; the score is positive for English.</param>
internal sealed record RouterWeights(
    WordWeights WordsAlone,
    WordWeights Words,
    VectorWeights English,
    VectorWeights Other,
    VectorWeights Language)
{
    private const string Name = "router-weights.bin";

    public static RouterWeights Shipped { get; } = ReadShipped();

    /// <returns>Positive for a question about something seen, shown or heard.</returns>
    public float Score(IReadOnlyList<Feature> features, float[]? vector)
    {
        if (vector is null) return WordsAlone.Score(features);
        var english = Logistic(Language.Score(vector));
        return Words.Score(features) + (english * English.Score(vector)) + ((1 - english) * Other.Score(vector));
    }

    public static float Logistic(float score) => 1 / (1 + MathF.Exp(-score));

    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        writer.Write(SentenceEmbedder.Model);
        Write(writer, WordsAlone);
        Write(writer, Words);
        foreach (var weights in (VectorWeights[])[English, Other, Language])
        {
            writer.Write(weights.Bias);
            writer.Write(MemoryMarshal.AsBytes<Half>(weights.Weights));
        }
    }

    public static RouterWeights Read(Stream stream)
    {
        using var reader = new BinaryReader(stream);
        var model = reader.ReadString();
        if (model != SentenceEmbedder.Model)
            throw new InvalidDataException(
                $"The router's weights are for the model {model}, not for {SentenceEmbedder.Model}. Fit them again.");
        return new RouterWeights(ReadWords(reader), ReadWords(reader), ReadVector(reader), ReadVector(reader), ReadVector(reader));
    }

    private static RouterWeights ReadShipped()
    {
        using var stream = RouterResources.Open(Name);
        return Read(stream);
    }

    private static void Write(BinaryWriter writer, WordWeights words)
    {
        writer.Write(words.Bias);
        writer.Write(words.Scale);
        writer.Write(MemoryMarshal.AsBytes<sbyte>(words.Weights));
    }

    private static WordWeights ReadWords(BinaryReader reader)
    {
        var (bias, scale, weights) = (reader.ReadSingle(), reader.ReadSingle(), new sbyte[WordFeatures.Count]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return new WordWeights(bias, scale, weights);
    }

    private static VectorWeights ReadVector(BinaryReader reader)
    {
        var (bias, weights) = (reader.ReadSingle(), new Half[SentenceEmbedder.Dimensions]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return new VectorWeights(bias, weights);
    }
}
