using Widget.Rag.Classification;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Search.Routing;

namespace Widget.Testing;

/// <summary>A question as the router's classifier reads it.</summary>
/// <param name="Question">The question.</param>
/// <param name="Words">The features of its words.</param>
/// <param name="Vector">Its sentence vector; null when only words are used.</param>
internal sealed record RouterExample(RouterQuestion Question, IReadOnlyList<Feature> Words, float[]? Vector)
{
    public static RouterExample Of(RouterQuestion question, SentenceEmbedder? sentences) =>
        new(question, RouterModel.Features.Of(question.Text), sentences?.EmbedQuestion(question.Text));
}

/// <summary>
/// Fits the router's weights. The settings are those of <see cref="TrainingSettings"/>; they were chosen by cross-validation on the
/// training questions (docs/decisions/0034-question-router.md).
/// </summary>
internal static class RouterTraining
{
    private static readonly TrainingSettings Settings = new();

    public static ClassifierWeights Fit(IReadOnlyList<RouterExample> examples) =>
        ClassifierTraining.Fit([.. examples.Select(AsText)], Settings);

    /// <summary>Fits the weights that are used without a sentence vector.</summary>
    public static WordWeights FitWords(IReadOnlyList<RouterExample> examples) =>
        ClassifierTraining.FitWords([.. examples.Select(AsText)], label: 0, Settings);

    private static TrainingText AsText(RouterExample example) =>
        new(example.Words, example.Vector, example.Question.Language == "en", [example.Question.Multimodal]);
}
