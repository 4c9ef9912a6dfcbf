using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Widget.Api.Platform;

internal static class Validation
{
    /// <summary>What a field that must be an ISO 639-1 code says when it is not.</summary>
    public const string LanguageError = "The language must be an ISO 639-1 code, such as en.";

    /// <summary>Whether a text has the form of an ISO 639-1 code.</summary>
    public static bool IsLanguage(string text) => text.Length == 2 && text.All(char.IsAsciiLetterLower);

    /// <summary>Answers 400 with every field's errors, before the handler runs, when the request's body breaks its own rules.</summary>
    public static RouteHandlerBuilder Validate<TRequest>(this RouteHandlerBuilder route)
        where TRequest : class =>
        route.ProducesValidationProblem().AddEndpointFilter(async (context, next) =>
        {
            var errors = Errors(context.Arguments.OfType<TRequest>().Single());
            return errors.Count == 0
                ? await next(context)
                : TypedResults.ValidationProblem(errors, title: errors.Values.First()[0]);
        });

    /// <summary>What is wrong, by field as the API names it; empty when nothing is.</summary>
    public static Dictionary<string, string[]> Errors(object? value)
    {
        // JSON's null is let in where an entry of a list or a hub's argument is expected.
        if (value is null) return new Dictionary<string, string[]>(StringComparer.Ordinal) { [""] = ["It must be an object, not null."] };
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        return results
            .SelectMany(result => result.MemberNames.DefaultIfEmpty("").Select(member => (Field: FieldName(member), Error: Named(result.ErrorMessage ?? "It is not valid.", member))))
            .GroupBy(entry => entry.Field, entry => entry.Error, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    // The built-in messages name the property; callers know it by the field's name.
    private static string Named(string error, string member) =>
        member.Length == 0 ? error : error.Replace($"The {member} field", $"The {FieldName(member)} field", StringComparison.Ordinal)
            .Replace($"The field {member} ", $"The field {FieldName(member)} ", StringComparison.Ordinal);

    private static string FieldName(string member) => string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
