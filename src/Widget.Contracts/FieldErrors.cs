using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Widget.Contracts;

/// <summary>
/// Validates objects by their attributes. Unlike <see cref="Validator"/>, it reports the names of JSON fields.
/// </summary>
public static class FieldErrors
{
    /// <summary>Returns the errors of an object by JSON field. Empty if it is valid.</summary>
    public static IReadOnlyList<(string Field, string Error)> Of(object value)
    {
        var errors = CheckAttributes(value).ToList();
        // Rules about several fields rely on each field being valid.
        if (errors.Count == 0 && value is IValidatableObject whole)
        {
            errors.AddRange(whole.Validate(new ValidationContext(value))
                .SelectMany(result => result.MemberNames.DefaultIfEmpty("")
                    .Select(member => (FieldName(member), result.ErrorMessage ?? "It is not valid."))));
        }

        return errors;
    }

    /// <summary>Returns the errors of a nested object, for its parent's <see cref="IValidatableObject.Validate"/>.</summary>
    /// <param name="member">The parent's property that holds the object.</param>
    /// <param name="part">The nested object.</param>
    internal static IEnumerable<ValidationResult> OfPart(string member, object part) =>
        Of(part).Select(entry => new ValidationResult(entry.Error, [entry.Field.Length == 0 ? member : $"{member}.{entry.Field}"]));

    // The built-in messages use DisplayName. Callers know a property by the name of its JSON field.
    private static IEnumerable<(string Field, string Error)> CheckAttributes(object value)
    {
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.GetIndexParameters().Length > 0) continue;
            var field = FieldName(property.Name);
            // JSON's null can be in any list. The rules about entries rely on there being none.
            if (property.GetValue(value) is IEnumerable<object?> list && list.Contains(null))
                yield return (field, $"{field} must not contain null.");
            var rules = property.GetCustomAttributes<ValidationAttribute>(inherit: true).ToList();
            if (rules.Count == 0) continue;
            var context = new ValidationContext(value) { MemberName = property.Name, DisplayName = field };
            var given = property.GetValue(value);
            // For a missing value, report only that it is required.
            var missing = rules.OfType<RequiredAttribute>().FirstOrDefault(rule => rule.GetValidationResult(given, context) is not null);
            foreach (var rule in missing is null ? rules : [missing])
                if (rule.GetValidationResult(given, context) is { } result) yield return (field, result.ErrorMessage ?? "It is not valid.");
        }
    }

    private static string FieldName(string member) => string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
