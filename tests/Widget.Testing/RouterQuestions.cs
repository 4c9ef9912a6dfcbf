namespace Widget.Testing;

/// <summary>
/// A visitor's question and its kind, by its author's judgement. tests/data/README.md says who wrote which file, and when.
/// </summary>
/// <param name="Multimodal">Whether it is about something seen, shown or heard.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Domain">The business that is asked, <see cref="MixedDomains"/>, or <see cref="FormerRouter"/>.</param>
/// <param name="Text">The question.</param>
public sealed record RouterQuestion(bool Multimodal, string Language, string Domain, string Text)
{
    /// <summary>Questions that could be asked of any business.</summary>
    public const string MixedDomains = "mixed";

    /// <summary>Questions that the former router, a list of patterns, was written and measured with.</summary>
    public const string FormerRouter = "former router";

    /// <summary>The questions that the router's weights are fitted on.</summary>
    public static IReadOnlyList<RouterQuestion> Training() => [.. Load("router-training.tsv"), .. Load("router-questions.tsv")];

    /// <summary>Questions about other businesses. No weight and no setting was chosen with them.</summary>
    public static IReadOnlyList<RouterQuestion> Validation() => Load("router-validation.tsv");

    /// <summary>Questions of another author. No weight and no setting was chosen with them.</summary>
    public static IReadOnlyList<RouterQuestion> HeldOut() => Load("router-held-out.tsv");

    private static IReadOnlyList<RouterQuestion> Load(string file) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "data", file))
            .Select(line => line.Split('\t'))
            .Where(fields => fields[0] != "class")
            .Select(fields => new RouterQuestion(
                fields[0] == "multimodal",
                fields[1],
                fields.Length > 3 ? fields[2] : FormerRouter,
                fields[^1])),
    ];
}

/// <summary>Decisions compared with the kinds of the questions.</summary>
/// <param name="Hits">Multimodal questions that were recognised.</param>
/// <param name="Misses">Multimodal questions that were taken for plain ones.</param>
/// <param name="FalseAlarms">Plain questions that were taken for multimodal ones.</param>
/// <param name="Rejections">Plain questions that were recognised.</param>
public readonly record struct Confusion(int Hits, int Misses, int FalseAlarms, int Rejections)
{
    public int Count => Hits + Misses + FalseAlarms + Rejections;

    public double Accuracy => (double)(Hits + Rejections) / Count;

    /// <summary>The 95 % confidence interval of the accuracy (Wilson 1927).</summary>
    public (double Low, double High) Interval
    {
        get
        {
            const double Z = 1.96;
            var (n, p) = (Count, Accuracy);
            var centre = p + (Z * Z / (2 * n));
            var half = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4.0 * n * n)));
            var scale = 1 + (Z * Z / n);
            return ((centre - half) / scale, (centre + half) / scale);
        }
    }

    public double Precision => (double)Hits / (Hits + FalseAlarms);

    public double Recall => (double)Hits / (Hits + Misses);

    public static Confusion Of(IEnumerable<RouterQuestion> questions, Func<RouterQuestion, bool> isMultimodal)
    {
        var decided = questions.CountBy(question => (question.Multimodal, isMultimodal(question))).ToDictionary();
        return new Confusion(
            decided.GetValueOrDefault((true, true)),
            decided.GetValueOrDefault((true, false)),
            decided.GetValueOrDefault((false, true)),
            decided.GetValueOrDefault((false, false)));
    }
}
