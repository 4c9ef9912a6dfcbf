using System.Text.Json;

namespace Widget.Api.OpenAI;

/// <summary>
/// Reads the fields of a JSON object in a request. A field of the wrong type is an error that names its path. Null counts as absent,
/// because many clients send every field they know.
/// </summary>
internal readonly struct RequestFields(JsonElement value, string path)
{
    public JsonElement Value => value;

    public static RequestFields Of(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Object
            ? new RequestFields(value, path)
            : throw WrongType(path.Length == 0 ? "The request" : path, "an object", path);

    public string Path(string field) => path.Length == 0 ? field : $"{path}.{field}";

    public JsonElement? Find(string field) =>
        value.TryGetProperty(field, out var found) && found.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? found : null;

    public string? Text(string field) => Find(field) is { } found ? Text(found, Path(field)) : null;

    public string RequiredText(string field) => Text(field) ?? throw Missing(field);

    public OpenAIException Missing(string field) => OpenAIException.Invalid($"{Path(field)} is missing.", Path(field));

    public bool Flag(string field) => Find(field)?.ValueKind switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw WrongType(Path(field), "true or false", Path(field)),
    };

    public double? Number(string field, double min, double max)
    {
        if (Find(field) is not { } found) return null;
        if (found.ValueKind != JsonValueKind.Number) throw WrongType(Path(field), "a number", Path(field));
        var number = found.GetDouble();
        return number >= min && number <= max
            ? number
            : throw OpenAIException.Invalid($"{Path(field)} must be between {min} and {max}.", Path(field));
    }

    public int? WholeNumber(string field, int min)
    {
        if (Find(field) is not { } found) return null;
        if (found.ValueKind != JsonValueKind.Number || !found.TryGetInt32(out var number))
            throw WrongType(Path(field), "a whole number", Path(field));
        return number >= min ? number : throw OpenAIException.Invalid($"{Path(field)} must be at least {min}.", Path(field));
    }

    /// <summary>The entries with their paths; none when the field is absent.</summary>
    public IReadOnlyList<(JsonElement Value, string Path)> List(string field)
    {
        if (Find(field) is not { } found) return [];
        if (found.ValueKind != JsonValueKind.Array) throw WrongType(Path(field), "a list", Path(field));
        var listPath = Path(field);
        return [.. found.EnumerateArray().Select((entry, i) => (entry, $"{listPath}[{i}]"))];
    }

    // PostgreSQL cannot store U+0000.
    public static string Text(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!.Replace("\0", "", StringComparison.Ordinal)
            : throw WrongType(path, "a text", path);

    private static OpenAIException WrongType(string name, string expected, string path) =>
        OpenAIException.Invalid($"{name} must be {expected}.", path.Length == 0 ? null : path);
}
