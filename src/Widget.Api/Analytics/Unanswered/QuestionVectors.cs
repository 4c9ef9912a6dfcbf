using System.Numerics.Tensors;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;

namespace Widget.Api.Analytics.Unanswered;

/// <summary>The vectors by which questions are compared.</summary>
/// <param name="Meaning">A unit vector of the local sentence model; null if the model cannot be used.</param>
/// <param name="Spelling">A unit vector of words and their parts.</param>
internal sealed record QuestionVectors(float[]? Meaning, float[] Spelling)
{
    /// <param name="question">The question.</param>
    /// <param name="sentences">The local sentence models; null if they are switched off.</param>
    public static QuestionVectors Of(string question, SentenceEmbedder? sentences) =>
        new(sentences?.EmbedSentence(question), HashedEmbedder.Embed(question));

    /// <summary>The cosine of the meanings, −1 to 1. Null if one of them has none.</summary>
    public double? MeaningSimilarityTo(QuestionVectors other) =>
        Meaning is null || other.Meaning is null ? null : TensorPrimitives.Dot<float>(Meaning, other.Meaning);

    /// <summary>The cosine of the spellings, −1 to 1.</summary>
    public double SpellingSimilarityTo(QuestionVectors other) => TensorPrimitives.Dot<float>(Spelling, other.Spelling);

    /// <summary>The mean of a group's vectors and of one more question's, as unit vectors.</summary>
    /// <param name="question">The question that joins the group.</param>
    /// <param name="questions">How many questions these vectors are the mean of.</param>
    public QuestionVectors With(QuestionVectors question, int questions) => new(
        Meaning is null || question.Meaning is null ? Meaning : Mean(Meaning, question.Meaning, questions),
        Mean(Spelling, question.Spelling, questions));

    private static float[] Mean(float[] mean, float[] added, int count)
    {
        var sum = new float[mean.Length];
        TensorPrimitives.MultiplyAdd(mean, count, added, sum);
        var norm = TensorPrimitives.Norm<float>(sum);
        if (norm > 0) TensorPrimitives.Divide(sum, norm, sum);
        return sum;
    }
}
