using System.Text.Json;

namespace Widget.Api.Voice.Providers;

/// <summary>Reads what a provider wrote, of which nothing is sure.</summary>
internal static class JsonReading
{
    /// <summary>A text; null when it is absent or something else.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A whole number; null when it is absent or something else.</summary>
    public static long? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.Abs(number) < 1e15
            ? (long)number : null;

    /// <summary>An object or array; undefined when it is absent or something else.</summary>
    public static JsonElement Part(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? value : default;

    /// <summary>The items of an array; none when it is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];
}
