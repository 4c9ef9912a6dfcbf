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
        new(question, WordFeatures.Of(question.Text), sentences?.EmbedQuestion(question.Text));
}

/// <summary>
/// Fits the router's weights. The settings below were chosen by cross-validation on the training questions
/// (docs/decisions/0034-question-router.md).
/// </summary>
internal static class RouterTraining
{
    private const double StrengthOfWordsAlone = 20;
    private const double Strength = 20;
    private const double StrengthOfLanguage = 10;

    // How much the sentence vector counts beside the words.
    private const float EnglishScale = 1.2f;
    private const float OtherScale = 0.3f;

    private const int Dimensions = SentenceEmbedder.Dimensions;

    public static RouterWeights Fit(IReadOnlyList<RouterExample> examples)
    {
        var language = FitLanguage(examples);
        var rarity = Rarity(examples);
        var words = examples.Select(example => Scaled(example.Words, rarity)).ToArray();
        var joint = examples.Select((example, i) => (Feature[])[.. words[i], .. VectorFeatures(example.Vector!, language)]).ToArray();
        var fitted = FitKind(joint, examples, WordFeatures.Count + (2 * Dimensions), Strength);
        return new RouterWeights(
            FitWords(examples),
            RoundWords(fitted, rarity),
            VectorWeights.Round(0, Part(fitted, WordFeatures.Count, EnglishScale)),
            VectorWeights.Round(0, Part(fitted, WordFeatures.Count + Dimensions, OtherScale)),
            language);
    }

    /// <summary>Fits the weights that are used without a sentence vector.</summary>
    public static WordWeights FitWords(IReadOnlyList<RouterExample> examples)
    {
        var rarity = Rarity(examples);
        Feature[][] words = [.. examples.Select(example => Scaled(example.Words, rarity))];
        return RoundWords(FitKind(words, examples, WordFeatures.Count, StrengthOfWordsAlone), rarity);
    }

    private static double[] FitKind(Feature[][] features, IReadOnlyList<RouterExample> examples, int count, double strength) =>
        LogisticRegression.Fit(features, [.. examples.Select(example => example.Question.Multimodal)], count, strength);

    private static VectorWeights FitLanguage(IReadOnlyList<RouterExample> examples)
    {
        var fitted = LogisticRegression.Fit(
            [.. examples.Select(example => example.Vector!.Select((value, i) => new Feature(i, value)).ToArray())],
            [.. examples.Select(example => example.Question.Language == "en")],
            Dimensions,
            StrengthOfLanguage);
        return VectorWeights.Round((float)fitted[^1], Part(fitted, 0, 1));
    }

    private static IEnumerable<Feature> VectorFeatures(float[] vector, VectorWeights language)
    {
        var english = RouterWeights.Logistic(language.Score(vector));
        for (var i = 0; i < Dimensions; i++)
        {
            yield return new Feature(WordFeatures.Count + i, EnglishScale * english * vector[i]);
            yield return new Feature(WordFeatures.Count + Dimensions + i, OtherScale * (1 - english) * vector[i]);
        }
    }

    /// <summary>
    /// How rare each feature is among the questions, 1 for a feature of a single one (inverse document frequency). Multiplied with the
    /// features, it lets rare words count although their weights are kept small.
    /// </summary>
    private static float[] Rarity(IReadOnlyList<RouterExample> examples)
    {
        var questions = new int[WordFeatures.Count];
        foreach (var index in examples.SelectMany(example => example.Words.Select(feature => feature.Index).Distinct())) questions[index]++;
        return Array.ConvertAll(questions, count => Idf(count) / Idf(1));

        float Idf(int count) => 1 + MathF.Log((examples.Count + 1f) / (count + 1f));
    }

    private static Feature[] Scaled(IReadOnlyList<Feature> features, float[] rarity) =>
        [.. features.Select(feature => feature with { Value = feature.Value * rarity[feature.Index] })];

    // The rarity becomes part of the weights, so the router needs no table of it.
    private static WordWeights RoundWords(double[] fitted, float[] rarity) =>
        WordWeights.Round((float)fitted[^1], rarity.Select((scale, i) => (float)(fitted[i] * scale)).ToArray());

    private static float[] Part(double[] fitted, int start, float scale) =>
        [.. fitted.Skip(start).Take(Dimensions).Select(weight => (float)(weight * scale))];
}
