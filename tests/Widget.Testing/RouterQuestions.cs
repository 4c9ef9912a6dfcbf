using Widget.Rag.Search;

namespace Widget.Testing;

/// <summary>
/// Visitors' questions, each with its kind (tests/data/router-questions.tsv). The router's rules were derived from the odd lines; the even
/// ones measure them.
/// </summary>
public sealed record RouterQuestion(bool Multimodal, string Language, string Text, bool IsForTuning)
{
    public static IReadOnlyList<RouterQuestion> Load() =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "router-questions.tsv"))
            .Select((line, i) => (Fields: line.Split('\t'), IsOdd: i % 2 == 0))
            .Select(row => new RouterQuestion(row.Fields[0] == "multimodal", row.Fields[1], row.Fields[2], row.IsOdd)),
    ];
}

/// <summary>The router's decisions compared with the kinds of the questions.</summary>
/// <param name="Hits">Multimodal questions that were recognised.</param>
/// <param name="Misses">Multimodal questions that were taken for plain ones.</param>
/// <param name="FalseAlarms">Plain questions that were taken for multimodal ones.</param>
/// <param name="Rejections">Plain questions that were recognised.</param>
public readonly record struct Confusion(int Hits, int Misses, int FalseAlarms, int Rejections)
{
    public double Accuracy => (double)(Hits + Rejections) / (Hits + Misses + FalseAlarms + Rejections);

    public double Precision => (double)Hits / (Hits + FalseAlarms);

    public double Recall => (double)Hits / (Hits + Misses);

    public static Confusion Of(IEnumerable<RouterQuestion> questions)
    {
        var decided = questions.CountBy(question => (question.Multimodal, QuestionRouter.Decide(question.Text).Multimodal)).ToDictionary();
        return new Confusion(
            decided.GetValueOrDefault((true, true)),
            decided.GetValueOrDefault((true, false)),
            decided.GetValueOrDefault((false, true)),
            decided.GetValueOrDefault((false, false)));
    }
}
