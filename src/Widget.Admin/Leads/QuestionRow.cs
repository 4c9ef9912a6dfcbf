using Widget.Contracts;

namespace Widget.Admin.Leads;

/// <summary>A question of the qualification while it is edited.</summary>
public sealed class QuestionRow
{
    public string Key { get; set; } = "";

    public string Text { get; set; } = "";

    public QuestionKind Kind { get; set; }

    public int Weight { get; set; } = 10;

    public bool AskVisitor { get; set; } = true;

    public List<AnswerRow> Answers { get; private init; } = [];

    /// <summary>The question in other languages, which this page keeps as they are.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; private init; } = new Dictionary<string, string>();

    public static QuestionRow Of(QualificationQuestion question) => new()
    {
        Key = question.Key,
        Text = question.Text,
        Texts = question.Texts,
        Kind = question.Kind,
        Weight = question.Weight,
        AskVisitor = question.AskVisitor,
        Answers = [.. question.Answers.Select(AnswerRow.Of)],
    };

    public QualificationQuestion ToQuestion() => new()
    {
        Key = Key.Trim(),
        Text = Text.Trim(),
        Texts = Texts,
        Kind = Kind,
        Weight = Weight,
        AskVisitor = AskVisitor,
        Answers = [.. Answers.Select(answer => answer.ToAnswer(Kind))],
    };
}

/// <summary>An answer of the qualification while it is edited.</summary>
public sealed class AnswerRow
{
    public string? Value { get; set; }

    public string? Label { get; set; }

    public double? From { get; set; }

    public double? To { get; set; }

    public int Points { get; set; }

    /// <summary>The answer in other languages, which this page keeps as they are.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; private init; } = new Dictionary<string, string>();

    public static AnswerRow Of(QualificationAnswer answer) => new()
    {
        Value = answer.Value,
        Label = answer.Label,
        Labels = answer.Labels,
        From = answer.From,
        To = answer.To,
        Points = answer.Points,
    };

    public QualificationAnswer ToAnswer(QuestionKind kind) => new()
    {
        Value = kind is QuestionKind.Choice or QuestionKind.Boolean ? Value?.Trim() : null,
        Label = string.IsNullOrWhiteSpace(Label) ? null : Label.Trim(),
        Labels = Labels,
        From = kind == QuestionKind.Number ? From : null,
        To = kind == QuestionKind.Number ? To : null,
        Points = Points,
    };
}
