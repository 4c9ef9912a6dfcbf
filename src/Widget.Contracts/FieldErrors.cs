using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Widget.Contracts;

/// <summary>
/// Checks values by their attributes. The framework's validator names .NET's properties instead of JSON's fields, and stays outside of
/// the objects in a value.
/// </summary>
public static class FieldErrors
{
    /// <summary>Returns what is wrong with a value, under the names of JSON's fields. Empty if the value is valid.</summary>
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

    /// <summary>Returns what is wrong with an object in a value, for the value's own check.</summary>
    /// <param name="member">The value's member that holds the object.</param>
    /// <param name="part">The object.</param>
    internal static IEnumerable<ValidationResult> OfPart(string member, object part) =>
        Of(part).Select(entry => new ValidationResult(entry.Error, [entry.Field.Length == 0 ? member : $"{member}.{entry.Field}"]));

    // The built-in messages use DisplayName. Callers know a property by the name of its JSON field.
    private static IEnumerable<(string Field, string Error)> CheckAttributes(object value)
    {
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.GetIndexParameters().Length > 0) continue;
            var field = FieldName(property.Name);
            // The serializer refuses null in properties, but not inside lists.
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
