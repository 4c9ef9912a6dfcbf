using System.Buffers;
using System.Text.Json;

namespace Widget.Api.Tools;

/// <summary>
/// Reads a model's arguments: an object, or one written out as text, as Tavus and OpenAI send them. The result can be stored: it has no
/// U+0000, no half characters and no numbers beyond a double.
/// </summary>
public static class ToolArguments
{
    private const int LargestText = 32 * 1024;
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <param name="given">The arguments as sent. Null and empty text count as no arguments.</param>
    /// <param name="arguments">An object, when there is no problem.</param>
    /// <returns>What is wrong, in words for the model; null when the arguments can be read.</returns>
    public static string? Read(JsonElement given, out JsonElement arguments)
    {
        arguments = Nothing;
        if (given.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        try
        {
            if (given.ValueKind == JsonValueKind.String)
            {
                var text = given.GetString()!;
                if (string.IsNullOrWhiteSpace(text)) return null;
                if (text.Length > LargestText) return "The arguments are too long.";
                using var parsed = JsonDocument.Parse(text);
                return Clean(parsed.RootElement, out arguments);
            }

            return Clean(given, out arguments);
        }
        catch (JsonException)
        {
            return "The arguments are not valid JSON.";
        }
        catch (InvalidOperationException)
        {
            // A surrogate without its other half.
            return "The arguments hold text that is not valid Unicode.";
        }
    }

    private static string? Clean(JsonElement value, out JsonElement clean)
    {
        clean = Nothing;
        if (value.ValueKind != JsonValueKind.Object) return "The arguments must be a JSON object.";
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (!Write(value, writer)) return "The arguments hold a number that is out of range.";
        }

        if (buffer.WrittenCount > LargestText) return "The arguments are too long.";
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        clean = document.RootElement.Clone();
        return null;
    }

    private static bool Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                // When a name occurs twice, the last one counts, as in other readers of JSON.
                foreach (var property in value.EnumerateObject().GroupBy(property => Storable(property.Name), StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Key);
                    if (!Write(property.Last().Value, writer)) return false;
                }

                writer.WriteEndObject();
                return true;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var entry in value.EnumerateArray())
                    if (!Write(entry, writer)) return false;
                writer.WriteEndArray();
                return true;
            case JsonValueKind.String:
                writer.WriteStringValue(Storable(value.GetString()!));
                return true;
            case JsonValueKind.Number:
                if (value.TryGetInt64(out var whole)) writer.WriteNumberValue(whole);
                else if (double.IsFinite(value.GetDouble())) writer.WriteNumberValue(value.GetDouble());
                else return false;
                return true;
            default:
                value.WriteTo(writer);
                return true;
        }
    }

    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
