using System.Globalization;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Leads.Changing;

/// <summary>Checks values of the tenant's own fields.</summary>
internal static class FieldCheck
{
    private const int MaxTextLength = 2_000;

    /// <summary>Returns the first problem with the values. Null if all of them fit; null removes a value.</summary>
    public static (string Field, string Error)? FindProblem(
        IReadOnlyList<LeadField> fields,
        IReadOnlyDictionary<string, JsonElement> values)
    {
        foreach (var (key, value) in values)
        {
            if (fields.FirstOrDefault(field => field.Key == key) is not { } field)
                return ("fields", $"There is no field \"{key}\". PUT /api/leads/fields adds fields.");
            if (value.ValueKind != JsonValueKind.Null && FindProblem(field.Kind, value) is { } problem)
                return ($"fields.{key}", $"fields.{key} {problem}");
        }

        return null;
    }

    private static string? FindProblem(LeadFieldKind kind, JsonElement value) => kind switch
    {
        LeadFieldKind.Number when value.ValueKind != JsonValueKind.Number => "must be a number.",
        LeadFieldKind.Boolean when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => "must be true or false.",
        LeadFieldKind.Date when value.ValueKind != JsonValueKind.String
            || !DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) =>
            "must be a day such as 2027-05-01.",
        LeadFieldKind.Text when value.ValueKind != JsonValueKind.String || value.GetString()!.Length > MaxTextLength =>
            $"must be text of at most {MaxTextLength:N0} characters.",
        _ => null,
    };
}
