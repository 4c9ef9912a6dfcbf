using System.Text.Json;

namespace Widget.Simulators.Tavus;

/// <summary>Describes what is wrong with a value, with its path; null when it is valid.</summary>
internal delegate string? Shape(JsonElement value);

/// <summary>A field of an object.</summary>
internal sealed record Field(string Name, Shape Shape, bool Required = false);

/// <summary>
/// Validates requests. Unknown fields are errors: the real API would ignore some of them, and mistakes would stay unnoticed.
/// </summary>
internal static class Shapes
{
    public static Shape Flag { get; } = value =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "Not a valid boolean.";

    public static Shape Anything { get; } = _ => null;

    public static Shape AnyObject { get; } = value => value.ValueKind == JsonValueKind.Object ? null : "Not a valid mapping type.";

    public static Shape Text(int longest = 200_000, int shortest = 1) => value =>
        value.ValueKind != JsonValueKind.String ? "Not a valid string."
        : value.GetString()!.Length < shortest || value.GetString()!.Length > longest ? $"Length must be between {shortest} and {longest}."
        : null;

    public static Shape Whole(int least, int most) => value =>
        value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) ? "Not a valid integer."
        : number < least || number > most ? $"Must be greater than or equal to {least} and less than or equal to {most}."
        : null;

    public static Shape OneOf(params string[] values) => value =>
        value.ValueKind == JsonValueKind.String && values.Contains(value.GetString(), StringComparer.Ordinal)
            ? null
            : $"Must be one of: {string.Join(", ", values)}.";

    public static Shape Matching(System.Text.RegularExpressions.Regex pattern) => value =>
        value.ValueKind == JsonValueKind.String && pattern.IsMatch(value.GetString()!) ? null : "String does not match expected pattern.";

    public static Shape ListOf(Shape item, int most = 1_000) => value =>
    {
        if (value.ValueKind != JsonValueKind.Array) return "Not a valid list.";
        if (value.GetArrayLength() > most) return $"Longer than maximum length {most}.";
        var index = 0;
        foreach (var entry in value.EnumerateArray())
        {
            if (item(entry) is { } problem) return $"{index}: {problem}";
            index++;
        }

        return null;
    };

    public static Shape MapOf(Shape entry) => value =>
    {
        if (value.ValueKind != JsonValueKind.Object) return "Not a valid mapping type.";
        foreach (var field in value.EnumerateObject())
            if (entry(field.Value) is { } problem) return $"{field.Name}: {problem}";
        return null;
    };

    /// <summary>
    /// A URL that Tavus can reach. Loopback counts as the public internet, unless the simulation is set to be as strict as Tavus.
    /// </summary>
    public static Shape Url(SimulatedTavus tavus, bool secure = false) => value =>
        value.ValueKind != JsonValueKind.String || !Uri.TryCreate(
            value.GetString(),
            UriKind.Absolute,
            out var url) || url.Scheme is not ("http" or "https") ? "Not a valid URL."
        : url.IsLoopback ? (tavus.Behavior.RefuseLoopback ? "URL must be public." : null)
        : secure && url.Scheme != "https" ? "URL must use https."
        : null;

    public static Shape ObjectOf(params Field[] fields)
    {
        var byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        return value =>
        {
            if (value.ValueKind != JsonValueKind.Object) return "Invalid input type.";
            foreach (var given in value.EnumerateObject())
            {
                if (!byName.TryGetValue(given.Name, out var field)) return $"{given.Name}: Unknown field.";
                if (given.Value.ValueKind == JsonValueKind.Null) return $"{given.Name}: Field may not be null.";
                if (field.Shape(given.Value) is { } problem) return $"{given.Name}: {problem}";
            }

            return fields.FirstOrDefault(field => field.Required && !value.TryGetProperty(field.Name, out _)) is { } missing
                ? $"{missing.Name}: Missing data for required field."
                : null;
        };
    }

    public static Shape All(params Shape[] shapes) =>
        value => shapes.Select(shape => shape(value)).FirstOrDefault(problem => problem is not null);
}
