using Widget.Rag.Search;

namespace Widget.Testing;

/// <summary>
/// Questions of visitors, each with what it is about (tests/data/router-questions.tsv). The rules of the router were found on the odd lines;
/// the even ones are there to measure them.
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

/// <summary>The router's decisions against what the questions are about.</summary>
/// <param name="Hits">Multimodal, and known as such.</param>
/// <param name="Misses">Multimodal, and taken for plain.</param>
/// <param name="FalseAlarms">Plain, and taken for multimodal.</param>
/// <param name="Rejections">Plain, and known as such.</param>
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
