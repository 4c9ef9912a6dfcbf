using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Widget.Api.Web;

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
        var errors = Attributes(value).ToList();
        // Rules about several fields presume that each by itself is right.
        if (errors.Count == 0 && value is IValidatableObject whole)
        {
            errors.AddRange(whole.Validate(new ValidationContext(value))
                .SelectMany(result => result.MemberNames.DefaultIfEmpty("")
                    .Select(member => (FieldName(member), result.ErrorMessage ?? "It is not valid."))));
        }

        return errors
            .GroupBy(entry => entry.Field, entry => entry.Error, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    // The built-in messages name what they are told to name; callers know a property by its field's name.
    private static IEnumerable<(string Field, string Error)> Attributes(object value)
    {
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.GetIndexParameters().Length > 0) continue;
            var rules = property.GetCustomAttributes<ValidationAttribute>(inherit: true).ToList();
            if (rules.Count == 0) continue;
            var field = FieldName(property.Name);
            var context = new ValidationContext(value) { MemberName = property.Name, DisplayName = field };
            var given = property.GetValue(value);
            // What is missing breaks no further rule.
            var broken = rules.OfType<RequiredAttribute>().FirstOrDefault(rule => rule.GetValidationResult(given, context) is not null);
            foreach (var rule in broken is null ? rules : [broken])
                if (rule.GetValidationResult(given, context) is { } result) yield return (field, result.ErrorMessage ?? "It is not valid.");
        }
    }

    private static string FieldName(string member) => string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
