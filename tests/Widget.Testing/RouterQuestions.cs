namespace Widget.Testing;

/// <summary>
/// A visitor's question and its kind, by its author's judgement. The three files have different authors, so that a measurement on one does
/// not reward the habits of another.
/// </summary>
/// <param name="Multimodal">Whether it is about something seen, shown or heard.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Domain">The business that is asked; <see cref="MixedDomains"/> when unknown.</param>
/// <param name="Text">The question.</param>
public sealed record RouterQuestion(bool Multimodal, string Language, string Domain, string Text)
{
    public const string MixedDomains = "mixed";

    /// <summary>The questions that the router's weights are fitted on.</summary>
    public static IReadOnlyList<RouterQuestion> Training() => Load("router-training.tsv");

    /// <summary>Questions of another author. No weight and no setting was chosen with them.</summary>
    public static IReadOnlyList<RouterQuestion> HeldOut() => Load("router-held-out.tsv");

    /// <summary>The questions that the former router, a list of patterns, was written and measured with.</summary>
    public static IReadOnlyList<RouterQuestion> Former() => Load("router-questions.tsv");

    private static IReadOnlyList<RouterQuestion> Load(string file) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "data", file))
            .Select(line => line.Split('\t'))
            .Where(fields => fields[0] != "class")
            .Select(fields => new RouterQuestion(
                fields[0] == "multimodal",
                fields[1],
                fields.Length > 3 ? fields[2] : MixedDomains,
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
    public double Accuracy => (double)(Hits + Rejections) / (Hits + Misses + FalseAlarms + Rejections);

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
