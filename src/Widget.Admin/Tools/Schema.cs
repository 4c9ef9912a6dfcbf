using System.Text.Json;

namespace Widget.Admin.Tools;

/// <summary>Checks what people type as JSON.</summary>
public static class Schema
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    /// <summary>Reads JSON. Empty text is null.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="value">The value; null if there is none.</param>
    /// <returns>Why the text is not JSON; null if it is.</returns>
    public static string? Read(string? text, out JsonElement? value)
    {
        value = null;
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            value = document.RootElement.Clone();
            return null;
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    /// <summary>Whether a value looks like the schema of a tool's arguments.</summary>
    public static bool IsForArguments(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && type.GetString() == "object";

    public static int CountProperties(JsonElement schema) =>
        schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Count()
            : 0;

    public static string Write(JsonElement value) => JsonSerializer.Serialize(value, Indented);
}
