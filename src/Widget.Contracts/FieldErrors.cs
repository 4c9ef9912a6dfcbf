using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Widget.Contracts;

/// <summary>
/// Validates objects by their attributes. Unlike <see cref="Validator"/>, it reports the names of JSON fields.
/// </summary>
public static class FieldErrors
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Member>> Members = new();

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
        foreach (var (property, field, isNullable, rules) in Members.GetOrAdd(value.GetType(), Read))
        {
            var given = property.GetValue(value);
            // JSON's null can be in any list. The rules about entries rely on there being none.
            if (given is IEnumerable<object?> list && list.Contains(null)) yield return (field, $"{field} must not contain null.");
            var context = new ValidationContext(value) { MemberName = property.Name, DisplayName = field };
            // For a missing value, report only that it is required.
            var missing = rules.OfType<RequiredAttribute>().FirstOrDefault(rule => rule.GetValidationResult(given, context) is not null);
            if (missing is null && given is null && !isNullable) yield return (field, $"{field} must not be null.");
            foreach (var rule in missing is null ? rules : [missing])
                if (rule.GetValidationResult(given, context) is { } result) yield return (field, result.ErrorMessage ?? "It is not valid.");
        }
    }

    private static IReadOnlyList<Member> Read(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. type.GetProperties()
                .Where(property => property.GetIndexParameters().Length == 0)
                .Select(property => new Member(
                    property,
                    FieldName(property.Name),
                    nullability.Create(property).ReadState != NullabilityState.NotNull,
                    [.. property.GetCustomAttributes<ValidationAttribute>(inherit: true)])),
        ];
    }

    private static string FieldName(string member) => string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    /// <param name="Property">The property.</param>
    /// <param name="Field">Its name in JSON.</param>
    /// <param name="IsNullable">Whether it may be null.</param>
    /// <param name="Rules">Its attributes.</param>
    private sealed record Member(PropertyInfo Property, string Field, bool IsNullable, IReadOnlyList<ValidationAttribute> Rules);
}
