using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Leads.Qualification;

/// <summary>Checks answers to the tenant's questions.</summary>
internal static class AnswerCheck
{
    private const int MaxTextLength = 1_000;

    /// <summary>Returns the first problem with the answers. Null if all of them fit.</summary>
    /// <param name="questions">The questions that may be answered.</param>
    /// <param name="answers">The answers by key.</param>
    /// <param name="allowsNull">Whether null removes an answer.</param>
    public static (string Field, string Error)? FindProblem(
        IEnumerable<QualificationQuestion> questions,
        IReadOnlyDictionary<string, JsonElement> answers,
        bool allowsNull)
    {
        var known = questions.ToDictionary(question => question.Key, StringComparer.Ordinal);
        foreach (var (key, answer) in answers)
        {
            if (allowsNull && answer.ValueKind == JsonValueKind.Null) continue;
            if (!known.TryGetValue(key, out var question)) return ("answers", $"There is no question \"{key}\" to answer.");
            if (FindProblem(question, answer) is { } problem) return ($"answers.{key}", $"answers.{key} {problem}");
        }

        return null;
    }

    private static string? FindProblem(QualificationQuestion question, JsonElement answer) => question.Kind switch
    {
        QuestionKind.Choice when answer.ValueKind != JsonValueKind.String || LeadScore.PointsOf(question, answer) is null =>
            $"must be one of: {string.Join(", ", question.Answers.Select(known => known.Value))}.",
        QuestionKind.Number when answer.ValueKind != JsonValueKind.Number
            || !answer.TryGetDouble(out var number)
            || !double.IsFinite(number) =>
            "must be a number.",
        QuestionKind.Boolean when answer.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => "must be true or false.",
        QuestionKind.Text when answer.ValueKind != JsonValueKind.String
            || answer.GetString() is not { Length: <= MaxTextLength } text
            || string.IsNullOrWhiteSpace(text) => $"must be text of 1 to {MaxTextLength} characters.",
        _ => null,
    };
}
