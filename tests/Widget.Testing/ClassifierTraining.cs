using Widget.Rag.Classification;
using Widget.Rag.Embeddings.Local;

namespace Widget.Testing;

/// <summary>A text to fit a classifier on.</summary>
/// <param name="Words">The features of its words.</param>
/// <param name="Vector">Its sentence vector; null when only weights of words are fitted.</param>
/// <param name="IsEnglish">Whether it is in English.</param>
/// <param name="Labels">Whether it has each label.</param>
internal sealed record TrainingText(IReadOnlyList<Feature> Words, float[]? Vector, bool IsEnglish, IReadOnlyList<bool> Labels);

/// <summary>How a classifier is fitted.</summary>
internal sealed record TrainingSettings
{
    /// <summary>How far the weights of words may follow the texts when there is no vector (the variance of their prior).</summary>
    public double StrengthOfWordsAlone { get; init; } = 20;

    /// <summary>The same for the weights of words and vector.</summary>
    public double Strength { get; init; } = 20;

    /// <summary>How much the vector of an English text counts beside the words.</summary>
    public float EnglishScale { get; init; } = 1.2f;

    /// <summary>How much the vector of a text in another language counts beside the words.</summary>
    public float OtherScale { get; init; } = 0.3f;

    /// <summary>Number of visits to each text after which fitting stops, however close it is.</summary>
    public int MaxPasses { get; init; } = LogisticRegression.MaxPasses;

    /// <summary>Number of weights of words' features, a power of two.</summary>
    public int WordWeights { get; init; } = WordFeatures.Count;
}

/// <summary>Fits the weights of a classifier: one logistic regression for each label.</summary>
internal sealed class ClassifierTraining
{
    private const double StrengthOfLanguage = 10;

    // A share of a vector that changes no weight, but takes half the time to fit.
    private const float Negligible = 0.01f;

    private const int Dimensions = SentenceEmbedder.Dimensions;

    private readonly IReadOnlyList<TrainingText> _texts;
    private readonly TrainingSettings _settings;
    private readonly float[] _rarity;
    private readonly Feature[][] _words;

    private ClassifierTraining(IReadOnlyList<TrainingText> texts, TrainingSettings settings)
    {
        (_texts, _settings) = (texts, settings);
        _rarity = Rarity();
        _words = [.. texts.Select(text => Scaled(text.Words))];
    }

    public static ClassifierWeights Fit(IReadOnlyList<TrainingText> texts, TrainingSettings settings) =>
        new ClassifierTraining(texts, settings).Fit();

    /// <summary>Fits the weights of one label that are used without a sentence vector.</summary>
    public static WordWeights FitWords(IReadOnlyList<TrainingText> texts, int label, TrainingSettings settings) =>
        new ClassifierTraining(texts, settings).FitWords(label);

    private ClassifierWeights Fit()
    {
        var language = FitLanguage();
        var joint = _texts.Select((text, i) => (Feature[])[.. _words[i], .. VectorFeatures(text.Vector!, language)]).ToArray();
        var labels = new LabelWeights[_texts[0].Labels.Count];
        Parallel.For(0, labels.Length, label => labels[label] = FitLabel(joint, label));
        return new ClassifierWeights(labels, language);
    }

    private LabelWeights FitLabel(Feature[][] joint, int label)
    {
        var fitted = FitLabel(joint, label, _settings.WordWeights + (2 * Dimensions), _settings.Strength);
        return new LabelWeights(
            FitWords(label),
            RoundWords(fitted),
            VectorWeights.Round(0, Part(fitted, _settings.WordWeights, _settings.EnglishScale)),
            VectorWeights.Round(0, Part(fitted, _settings.WordWeights + Dimensions, _settings.OtherScale)));
    }

    private WordWeights FitWords(int label) =>
        RoundWords(FitLabel(_words, label, _settings.WordWeights, _settings.StrengthOfWordsAlone));

    private double[] FitLabel(Feature[][] features, int label, int count, double strength) =>
        LogisticRegression.Fit(features, [.. _texts.Select(text => text.Labels[label])], count, strength, _settings.MaxPasses);

    private VectorWeights FitLanguage()
    {
        var fitted = LogisticRegression.Fit(
            [.. _texts.Select(text => text.Vector!.Select((value, i) => new Feature(i, value)).ToArray())],
            [.. _texts.Select(text => text.IsEnglish)],
            Dimensions,
            StrengthOfLanguage,
            _settings.MaxPasses);
        return VectorWeights.Round((float)fitted[^1], Part(fitted, 0, 1));
    }

    private IEnumerable<Feature> VectorFeatures(float[] vector, VectorWeights language)
    {
        var english = ClassifierWeights.Logistic(language.Score(vector));
        var (first, second) = (_settings.EnglishScale * english, _settings.OtherScale * (1 - english));
        for (var i = 0; i < Dimensions; i++)
        {
            if (english > Negligible) yield return new Feature(_settings.WordWeights + i, first * vector[i]);
            if (1 - english > Negligible) yield return new Feature(_settings.WordWeights + Dimensions + i, second * vector[i]);
        }
    }

    /// <summary>
    /// How rare each feature is among the texts, 1 for a feature of a single one (inverse document frequency). Multiplied with the
    /// features, it lets rare words count although their weights are kept small.
    /// </summary>
    private float[] Rarity()
    {
        var counts = new int[_settings.WordWeights];
        foreach (var index in _texts.SelectMany(text => text.Words.Select(feature => Index(feature)).Distinct())) counts[index]++;
        return Array.ConvertAll(counts, count => Idf(count) / Idf(1));

        float Idf(int count) => 1 + MathF.Log((_texts.Count + 1f) / (count + 1f));
    }

    private int Index(Feature feature) => feature.Index & (_settings.WordWeights - 1);

    private Feature[] Scaled(IReadOnlyList<Feature> features) =>
        [.. features.Select(feature => new Feature(Index(feature), feature.Value * _rarity[Index(feature)]))];

    // The rarity becomes part of the weights, so the classifier needs no table of it.
    private WordWeights RoundWords(double[] fitted) =>
        WordWeights.Round((float)fitted[^1], _rarity.Select((scale, i) => (float)(fitted[i] * scale)).ToArray());

    private static float[] Part(double[] fitted, int start, float scale) =>
        [.. fitted.Skip(start).Take(Dimensions).Select(weight => (float)(weight * scale))];
}
