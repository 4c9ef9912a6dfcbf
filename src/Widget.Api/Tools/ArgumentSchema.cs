using System.Text.Json;

namespace Widget.Api.Tools;

/// <summary>
/// The part of JSON Schema (2020-12) with which tools describe their arguments: type, properties, required, additionalProperties: false,
/// enum, minLength, maxLength, minimum, maximum, items, minItems, maxItems. A schema with another rule that restricts a value is refused,
/// because nothing would check that rule.
/// </summary>
public static class ArgumentSchema
{
    private static readonly HashSet<string> Understood =
    [
        "type", "properties", "required", "additionalProperties", "enum",
        "minLength", "maxLength", "minimum", "maximum", "items", "minItems", "maxItems",
        "description", "title", "default", "examples",
    ];

    private static readonly HashSet<string> Types = ["object", "string", "integer", "number", "boolean", "array"];

    /// <summary>What is wrong with a tool's schema; null when nothing is.</summary>
    public static string? Problem(JsonElement schema) =>
        Type(schema) == "object" ? Problem(schema, "it") : "it must be a schema of type object.";

    /// <summary>What is wrong with arguments, in words for the model that wrote them; null when nothing is.</summary>
    public static string? Violation(JsonElement schema, JsonElement value) => Violation(schema, value, "");

    private static string? Problem(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object) return $"{path} is not a schema.";
        if (!Types.Contains(Type(schema))) return $"{path} needs a type, one of {string.Join(", ", Types.Order(StringComparer.Ordinal))}.";
        foreach (var rule in schema.EnumerateObject())
            if (!Understood.Contains(rule.Name)) return $"{path} has \"{rule.Name}\", which is not checked here.";
        if (schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind != JsonValueKind.False)
            return $"{path}: additionalProperties can only be false.";
        var properties = schema.TryGetProperty("properties", out var named) ? named.EnumerateObject().ToList() : [];
        var reserved = properties.Find(property => property.Name.StartsWith("tavus_", StringComparison.Ordinal));
        if (reserved.Value.ValueKind != JsonValueKind.Undefined)
            return $"{reserved.Name} begins with tavus_, which Tavus keeps for itself.";
        return properties.Select(property => Problem(property.Value, property.Name)).FirstOrDefault(problem => problem is not null)
            ?? (schema.TryGetProperty("items", out var items) ? Problem(items, $"{path}[]") : null);
    }

    private static string? Violation(JsonElement schema, JsonElement value, string path)
    {
        var name = path.Length == 0 ? "The arguments" : path;
        var violation = Type(schema) switch
        {
            "object" => value.ValueKind == JsonValueKind.Object ? OfObject(schema, value, path) : $"{name} must be an object.",
            "array" => value.ValueKind == JsonValueKind.Array ? OfArray(schema, value, path) : $"{name} must be a list.",
            "string" => value.ValueKind == JsonValueKind.String ? OfString(schema, value.GetString()!, name) : $"{name} must be a text.",
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"{name} must be true or false.",
            var type => value.ValueKind == JsonValueKind.Number
                ? OfNumber(schema, value.GetDouble(), type, name)
                : $"{name} must be a number.",
        };
        if (violation is not null || !schema.TryGetProperty("enum", out var choices)) return violation;
        return choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value))
            ? null
            : $"{name} must be one of {string.Join(", ", choices.EnumerateArray().Select(choice => choice.ToString()))}.";
    }

    private static string? OfObject(JsonElement schema, JsonElement value, string path)
    {
        string Path(string property) => path.Length == 0 ? property : $"{path}.{property}";
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var property in required.EnumerateArray().Select(entry => entry.GetString()!))
                if (!value.TryGetProperty(property, out _)) return $"{Path(property)} is missing.";
        }

        var properties = schema.TryGetProperty("properties", out var named) ? named : default;
        var closed = schema.TryGetProperty("additionalProperties", out _);
        foreach (var entry in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(entry.Name, out var known))
            {
                if (Violation(known, entry.Value, Path(entry.Name)) is { } violation) return violation;
            }
            else if (closed)
            {
                return $"{Path(entry.Name)} is not an argument of this tool.";
            }
        }

        return null;
    }

    private static string? OfArray(JsonElement schema, JsonElement value, string path)
    {
        var name = path.Length == 0 ? "The arguments" : path;
        var length = value.GetArrayLength();
        if (length < Number(schema, "minItems")) return $"{name} must have {Number(schema, "minItems")} entries at least.";
        if (length > Number(schema, "maxItems")) return $"{name} may have {Number(schema, "maxItems")} entries at most.";
        if (!schema.TryGetProperty("items", out var items)) return null;
        return value.EnumerateArray()
            .Select((entry, i) => Violation(items, entry, $"{path}[{i}]"))
            .FirstOrDefault(violation => violation is not null);
    }

    // JSON Schema counts characters as Unicode does, not UTF-16 code units.
    private static string? OfString(JsonElement schema, string value, string name)
    {
        var length = value.EnumerateRunes().Count();
        if (length < Number(schema, "minLength"))
            return length == 0 ? $"{name} is empty." : $"{name} must have {Number(schema, "minLength")} characters at least.";
        return length > Number(schema, "maxLength") ? $"{name} may have {Number(schema, "maxLength")} characters at most." : null;
    }

    private static string? OfNumber(JsonElement schema, double value, string type, string name)
    {
        if (type == "integer" && value != Math.Floor(value)) return $"{name} must be a whole number.";
        if (value < Number(schema, "minimum")) return $"{name} must be {Number(schema, "minimum")} at least.";
        return value > Number(schema, "maximum") ? $"{name} must be {Number(schema, "maximum")} at most." : null;
    }

    // Null compares as neither less nor greater.
    private static double? Number(JsonElement schema, string rule) => schema.TryGetProperty(rule, out var found) ? found.GetDouble() : null;

    private static string Type(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : "";
}
