using System.Text.Json;

namespace Widget.Api.Voice.Providers;

/// <summary>Reads a provider's JSON without assuming its types.</summary>
internal static class JsonReading
{
    /// <summary>A string property; null when it is missing or of another type.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A number property without its fraction; null when it is missing, of another type or too large.</summary>
    public static long? Number(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.Abs(number) < 1e15
            ? (long)number
            : null;

    /// <summary>An object or array property; undefined when it is missing or of another type.</summary>
    public static JsonElement Part(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } value ? value : default;

    /// <summary>The items of an array; empty for other types.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    private static JsonElement Find(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
}
