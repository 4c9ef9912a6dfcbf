using Widget.Rag.Embeddings.Local;

namespace Widget.Rag.Classification;

/// <summary>The fitted weights of a classifier of texts.</summary>
/// <param name="Labels">The weights of each label.</param>
/// <param name="Language">Of the vector; the score is positive for English. So the vector itself tells which of its weights apply.</param>
public sealed record ClassifierWeights(IReadOnlyList<LabelWeights> Labels, VectorWeights Language)
{
    /// <param name="features">The features of the text's words.</param>
    /// <param name="vector">The text's sentence vector; null to decide by words alone.</param>
    /// <returns>A score for each label, as log-odds: positive if the label is more probable than not.</returns>
    public float[] Scores(IReadOnlyList<Feature> features, float[]? vector)
    {
        var scores = new float[Labels.Count];
        var english = vector is null ? 0 : Logistic(Language.Score(vector));
        for (var i = 0; i < scores.Length; i++)
        {
            var label = Labels[i];
            scores[i] = vector is null
                ? label.WordsAlone.Score(features)
                : label.Words.Score(features) + (english * label.English.Score(vector)) + ((1 - english) * label.Other.Score(vector));
        }

        return scores;
    }

    public static float Logistic(float score) => 1 / (1 + MathF.Exp(-score));

    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        writer.Write(SentenceEmbedder.Model);
        foreach (var label in Labels) label.Write(writer);
        Language.Write(writer);
    }

    /// <param name="stream">What <see cref="Write"/> has written.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="words">Number of weights of words' features.</param>
    /// <exception cref="InvalidDataException">The weights were fitted for another sentence model.</exception>
    public static ClassifierWeights Read(Stream stream, int labels, int words)
    {
        using var reader = new BinaryReader(stream);
        var model = reader.ReadString();
        if (model != SentenceEmbedder.Model)
            throw new InvalidDataException($"The weights are for the model {model}, not for {SentenceEmbedder.Model}. Fit them again.");
        var read = new LabelWeights[labels];
        for (var i = 0; i < labels; i++) read[i] = LabelWeights.Read(reader, words);
        return new ClassifierWeights(read, VectorWeights.Read(reader));
    }
}
