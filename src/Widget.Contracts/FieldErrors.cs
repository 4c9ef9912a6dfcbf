using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using static System.FormattableString;

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

    private static IEnumerable<(string Field, string Error)> CheckAttributes(object value)
    {
        foreach (var (property, field, isNullable, rules) in Members.GetOrAdd(value.GetType(), Read))
        {
            var given = property.GetValue(value);
            // JSON's null can be in any list. The rules about entries rely on there being none.
            if (given is IEnumerable<object?> list && list.Contains(null)) yield return (field, $"{field} must not contain null.");
            // Callers know a property by the name of its JSON field.
            var context = new ValidationContext(value) { MemberName = property.Name, DisplayName = field };
            // For a missing value, report only that it is required.
            var missing = rules.OfType<RequiredAttribute>().FirstOrDefault(rule => rule.GetValidationResult(given, context) is not null);
            if (missing is null && given is null && !isNullable) yield return (field, $"{field} must not be null.");
            foreach (var rule in missing is null ? rules : [missing])
            {
                if (rule.GetValidationResult(given, context) is { } result)
                    yield return (field, Describe(rule, field, given) ?? result.ErrorMessage ?? "It is not valid.");
            }
        }
    }

    // .NET's own messages are worded differently from ours: "The url field is required."
    private static string? Describe(ValidationAttribute rule, string field, object? given)
    {
        if (rule.ErrorMessage is not null || rule.ErrorMessageResourceName is not null) return null;
        var things = given is string ? "characters" : "entries";
        return rule switch
        {
            RequiredAttribute => given is null ? $"{field} is missing." : $"{field} must not be empty.",
            StringLengthAttribute { MinimumLength: > 0 } length =>
                Invariant($"{field} must have {length.MinimumLength:N0} to {length.MaximumLength:N0} characters."),
            StringLengthAttribute length => Invariant($"{field} can have at most {length.MaximumLength:N0} characters."),
            MaxLengthAttribute length => Invariant($"{field} can have at most {length.Length:N0} {things}."),
            MinLengthAttribute { Length: 1 } => $"{field} must not be empty.",
            MinLengthAttribute length => Invariant($"{field} must have at least {length.Length:N0} {things}."),
            RangeAttribute { Maximum: int.MaxValue } range => $"{field} must be at least {Number(range.Minimum)}.",
            RangeAttribute range => $"{field} must be between {Number(range.Minimum)} and {Number(range.Maximum)}.",
            EmailAddressAttribute => $"{field} is not an e-mail address.",
            _ => null,
        };

        static string Number(object bound) =>
            bound is IFormattable number ? number.ToString("#,0.###", CultureInfo.InvariantCulture) : $"{bound}";
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
