using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Evaluation;

/// <summary>Reads test questions: a JSON list, or one object per line. If a question is invalid, only that question fails.</summary>
internal static class QuestionImport
{
    private const int MaxFailures = 100;
    private const string NotAnObject = "This is not a JSON object like {\"text\": …, \"sources\": […]}.";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new StorableStringConverter() },
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    /// <summary>Reads the body of an import.</summary>
    /// <exception cref="ValidationException">The list is not valid JSON, or too many questions are invalid.</exception>
    public static (IReadOnlyList<EvaluationQuestionRequest> Questions, IReadOnlyList<FailedDocument> Failed) Read(string body)
    {
        var isList = body.AsSpan().TrimStart().StartsWith("[");
        var questions = new List<EvaluationQuestionRequest>();
        var failed = new List<FailedDocument>();
        foreach (var (position, text) in isList ? List(body) : Lines(body))
        {
            if (failed.Count == MaxFailures)
            {
                throw new ValidationException(
                    $"More than {MaxFailures} questions are invalid. The first is {failed[0].Id}: {failed[0].Error}");
            }

            try
            {
                var question = JsonSerializer.Deserialize<EvaluationQuestionRequest>(text, Json);
                if (question is null) failed.Add(new FailedDocument(position, NotAnObject));
                else if (Validation.FindErrors(question).Values.FirstOrDefault() is { } errors)
                    failed.Add(new FailedDocument(position, errors[0]));
                else questions.Add(question);
            }
            catch (JsonException e) when (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
            {
                failed.Add(new FailedDocument(position, $"{e.Path?.TrimStart('$', '.')} is not a field of a question."));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // InvalidOperationException: an unpaired surrogate.
                failed.Add(new FailedDocument(position, NotAnObject));
            }
        }

        return (questions, failed);
    }

    private static IEnumerable<(string Position, string Text)> Lines(string body) => body.Split('\n')
        .Select((line, index) => (Position: $"line {index + 1}", Text: line.Trim()))
        .Where(line => line.Text.Length > 0);

    private static List<(string Position, string Text)> List(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return [.. document.RootElement.EnumerateArray().Select((item, index) => ($"question {index + 1}", item.GetRawText()))];
        }
        catch (JsonException e)
        {
            throw new ValidationException("The list is not valid JSON.", e);
        }
    }
}
