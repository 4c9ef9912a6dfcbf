using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Evaluation;

/// <summary>Reads test questions: a JSON list of them, or an object a line. An invalid one fails alone.</summary>
internal static class QuestionImport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new StorableStrings() },
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    /// <exception cref="ValidationException">It is a list that is not JSON; the message says so.</exception>
    public static (IReadOnlyList<EvaluationQuestionRequest> Questions, IReadOnlyList<FailedDocument> Failed) Read(string body)
    {
        var isList = body.AsSpan().TrimStart().StartsWith("[");
        var questions = new List<EvaluationQuestionRequest>();
        var failed = new List<FailedDocument>();
        foreach (var (place, text) in isList ? List(body) : Lines(body))
        {
            if (failed.Count == MostFailures)
            {
                throw new ValidationException(
                    $"More than {MostFailures} of these are not questions, the first of them {failed[0].Id}: {failed[0].Error}");
            }

            try
            {
                var question = JsonSerializer.Deserialize<EvaluationQuestionRequest>(text, Json);
                if (question is null) failed.Add(new FailedDocument(place, NotAnObject));
                else if (Validation.Errors(question).Values.FirstOrDefault() is { } errors)
                    failed.Add(new FailedDocument(place, errors[0]));
                else questions.Add(question);
            }
            catch (JsonException e) when (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
            {
                failed.Add(new FailedDocument(place, $"{e.Path?.TrimStart('$', '.')} is not a field of a question."));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // The latter for half a surrogate pair.
                failed.Add(new FailedDocument(place, NotAnObject));
            }
        }

        return (questions, failed);
    }

    private const int MostFailures = 100;
    private const string NotAnObject = "This is not a JSON object like {\"text\": …, \"sources\": […]}.";

    private static IEnumerable<(string Place, string Text)> Lines(string body) => body.Split('\n')
        .Select((line, index) => ($"line {index + 1}", line.Trim()))
        .Where(line => line.Item2.Length > 0);

    private static List<(string Place, string Text)> List(string body)
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
