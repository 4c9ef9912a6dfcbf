using System.Globalization;
using Widget.Platform.Text;
using Widget.Rag.Classification;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Search.Routing;

namespace Widget.Rag.Search;

/// <param name="Multimodal">Whether the question is about something seen, shown or heard.</param>
/// <param name="Reason">Why, for the trace.</param>
public readonly record struct Route(bool Multimodal, string Reason);

/// <summary>
/// Separates questions about something seen, shown or heard, which the own multimodal knowledge answers, from plain ones. A small
/// classifier reads the question's words, and its meaning when the local sentence models are available
/// (docs/decisions/0034-question-router.md). A wrong decision costs little, because the other knowledge base is asked when the first
/// finds nothing good.
/// </summary>
/// <param name="sentences">The local sentence models; null to decide by words alone.</param>
public sealed class QuestionRouter(SentenceEmbedder? sentences = null)
{
    // The beginning of a long pasted text says what it is about.
    private const int MaxLength = 500;

    public Route Decide(string question)
    {
        var read = Truncation.Truncate(question, MaxLength);
        var features = RouterModel.Features.Of(read);
        if (features.Count == 0) return new Route(Multimodal: false, "The question has no words.");

        var score = RouterModel.Weights.Scores(features, sentences?.EmbedQuestion(read))[0];
        var multimodal = score > 0;
        var certainty = ClassifierWeights.Logistic(Math.Abs(score)).ToString("P0", CultureInfo.InvariantCulture);
        return new Route(
            multimodal,
            $"The question {(multimodal ? "asks" : "does not ask")} about something seen, shown or heard ({certainty} certain).");
    }
}
