using System.Text.Json;

namespace Widget.Api.Tools;

/// <summary>
/// The supported part of JSON Schema (2020-12): type, properties, required, additionalProperties: false, enum, minLength, maxLength,
/// minimum, maximum, items, minItems, maxItems. Tools describe their arguments with it. A schema with another rule is refused, because
/// nothing would check that rule.
/// </summary>
public static class ArgumentSchema
{
    private static readonly HashSet<string> SupportedRules =
    [
        "type", "properties", "required", "additionalProperties", "enum",
        "minLength", "maxLength", "minimum", "maximum", "items", "minItems", "maxItems",
        "description", "title", "default", "examples",
    ];

    private static readonly HashSet<string> Types = ["object", "string", "integer", "number", "boolean", "array"];

    /// <summary>Validates a tool's schema. Returns the error, or null.</summary>
    public static string? SchemaError(JsonElement schema) =>
        Type(schema) == "object" ? SchemaError(schema, "it") : "it must be a schema of type object.";

    /// <summary>Validates arguments. Returns the error, written for the model that sent them, or null.</summary>
    public static string? ArgumentError(JsonElement schema, JsonElement value) => ArgumentError(schema, value, "");

    private static string? SchemaError(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object) return $"{path} is not a schema.";
        if (!Types.Contains(Type(schema))) return $"{path} needs a type, one of {string.Join(", ", Types.Order(StringComparer.Ordinal))}.";
        foreach (var rule in schema.EnumerateObject())
            if (!SupportedRules.Contains(rule.Name)) return $"{path} has \"{rule.Name}\", which is not supported.";
        if (schema.EnumerateObject().Select(rule => RuleError(rule, path)).FirstOrDefault(error => error is not null) is { } invalid)
            return invalid;
        var properties = schema.TryGetProperty("properties", out var named) ? named.EnumerateObject().ToList() : [];
        var reserved = properties.Find(property => property.Name.StartsWith("tavus_", StringComparison.Ordinal));
        if (reserved.Value.ValueKind != JsonValueKind.Undefined)
            return $"{reserved.Name} begins with tavus_, which is reserved by Tavus.";
        if (schema.TryGetProperty("required", out var required)
            && required.EnumerateArray().FirstOrDefault(name => !properties.Exists(property => property.NameEquals(name.GetString())))
                is { ValueKind: JsonValueKind.String } missing)
            return $"{path} requires {missing.GetString()}, which is not one of its properties.";
        return properties.Select(property => SchemaError(property.Value, property.Name)).FirstOrDefault(error => error is not null)
            ?? (schema.TryGetProperty("items", out var items) ? SchemaError(items, $"{path}[]") : null);
    }

    private static string? RuleError(JsonProperty rule, string path) => (rule.Name, rule.Value) switch
    {
        ("additionalProperties", { ValueKind: not JsonValueKind.False }) => $"{path}: additionalProperties can only be false.",
        ("properties", { ValueKind: not JsonValueKind.Object }) => $"{path}: properties must be an object.",
        ("required", var names) when names.ValueKind != JsonValueKind.Array
            || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String) => $"{path}: required must be a list of names.",
        ("enum", var choices) when choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0 =>
            $"{path}: enum must be a list of values.",
        ("minLength" or "maxLength" or "minItems" or "maxItems" or "minimum" or "maximum", { ValueKind: not JsonValueKind.Number }) =>
            $"{path}: {rule.Name} must be a number.",
        ("description" or "title", { ValueKind: not JsonValueKind.String }) => $"{path}: {rule.Name} must be a text.",
        _ => null,
    };

    private static string? ArgumentError(JsonElement schema, JsonElement value, string path)
    {
        var name = path.Length == 0 ? "The arguments" : path;
        var error = Type(schema) switch
        {
            "object" => value.ValueKind == JsonValueKind.Object ? ObjectError(schema, value, path) : $"{name} must be an object.",
            "array" => value.ValueKind == JsonValueKind.Array ? ArrayError(schema, value, path) : $"{name} must be a list.",
            "string" => value.ValueKind == JsonValueKind.String
                ? StringError(schema, value.GetString()!, name)
                : $"{name} must be a string.",
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"{name} must be true or false.",
            "number" or "integer" => value.ValueKind == JsonValueKind.Number
                ? NumberError(schema, value.GetDouble(), Type(schema), name)
                : $"{name} must be a number.",
            // A rule that we do not know, of a tool that a tenant has added. The tool's server checks it.
            _ => null,
        };
        if (error is not null || Rule(schema, "enum", JsonValueKind.Array) is not { } choices) return error;
        return choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value))
            ? null
            : $"{name} must be one of {string.Join(", ", choices.EnumerateArray().Select(choice => choice.ToString()))}.";
    }

    private static string? ObjectError(JsonElement schema, JsonElement value, string path)
    {
        string Path(string property) => path.Length == 0 ? property : $"{path}.{property}";
        if (Rule(schema, "required", JsonValueKind.Array) is { } required)
        {
            foreach (var property in required.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.String))
                if (!value.TryGetProperty(property.GetString()!, out _)) return $"{Path(property.GetString()!)} is missing.";
        }

        var properties = Rule(schema, "properties", JsonValueKind.Object) ?? default;
        var isClosed = Rule(schema, "additionalProperties", JsonValueKind.False) is not null;
        foreach (var entry in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(entry.Name, out var known))
            {
                if (ArgumentError(known, entry.Value, Path(entry.Name)) is { } error) return error;
            }
            else if (isClosed)
            {
                return $"{Path(entry.Name)} is not an argument of this tool.";
            }
        }

        return null;
    }

    private static string? ArrayError(JsonElement schema, JsonElement value, string path)
    {
        var name = path.Length == 0 ? "The arguments" : path;
        var length = value.GetArrayLength();
        if (length < Number(schema, "minItems")) return $"{name} must have at least {Number(schema, "minItems")} entries.";
        if (length > Number(schema, "maxItems")) return $"{name} may have at most {Number(schema, "maxItems")} entries.";
        if (Rule(schema, "items", JsonValueKind.Object) is not { } items) return null;
        return value.EnumerateArray()
            .Select((entry, i) => ArgumentError(items, entry, $"{path}[{i}]"))
            .FirstOrDefault(error => error is not null);
    }

    // JSON Schema counts characters as Unicode does, not UTF-16 code units.
    private static string? StringError(JsonElement schema, string value, string name)
    {
        var length = value.EnumerateRunes().Count();
        if (length < Number(schema, "minLength"))
            return length == 0 ? $"{name} is empty." : $"{name} must have at least {Number(schema, "minLength")} characters.";
        return length > Number(schema, "maxLength") ? $"{name} may have at most {Number(schema, "maxLength")} characters." : null;
    }

    private static string? NumberError(JsonElement schema, double value, string type, string name)
    {
        if (type == "integer" && value != Math.Floor(value)) return $"{name} must be a whole number.";
        if (value < Number(schema, "minimum")) return $"{name} must be at least {Number(schema, "minimum")}.";
        return value > Number(schema, "maximum") ? $"{name} must be at most {Number(schema, "maximum")}." : null;
    }

    // Null when the schema has no such rule. A comparison with null is false.
    private static double? Number(JsonElement schema, string rule) => Rule(schema, rule, JsonValueKind.Number)?.GetDouble();

    private static JsonElement? Rule(JsonElement schema, string rule, JsonValueKind kind) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(rule, out var found) && found.ValueKind == kind ? found : null;

    private static string Type(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : "";
}
