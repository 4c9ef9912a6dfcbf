using System.Buffers;
using System.Text.Json;

namespace Widget.Api.Tools;

/// <summary>
/// Reads a model's arguments: a JSON object, or a string that contains one, as Tavus and OpenAI send it. The result can be stored in
/// PostgreSQL: it has no U+0000, no unpaired surrogates and no numbers out of the range of a double.
/// </summary>
public static class ToolArguments
{
    // In bytes, or characters of a string.
    private const int MaxLength = 32 * 1024;
    private static readonly JsonElement NoArguments = JsonDocument.Parse("{}").RootElement;

    /// <summary>Reads arguments.</summary>
    /// <param name="raw">The arguments as sent. Null and an empty string mean no arguments.</param>
    /// <param name="arguments">A JSON object, unless there is an error.</param>
    /// <returns>The error, written for the model; null when there is none.</returns>
    public static string? Read(JsonElement raw, out JsonElement arguments)
    {
        arguments = NoArguments;
        if (raw.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        try
        {
            if (raw.ValueKind == JsonValueKind.String)
            {
                var text = raw.GetString()!;
                if (string.IsNullOrWhiteSpace(text)) return null;
                if (text.Length > MaxLength) return "The arguments are too long.";
                using var parsed = JsonDocument.Parse(text);
                return Clean(parsed.RootElement, out arguments);
            }

            return Clean(raw, out arguments);
        }
        catch (JsonException)
        {
            return "The arguments are not valid JSON.";
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate.
            return "The arguments contain text that is not valid Unicode.";
        }
    }

    private static string? Clean(JsonElement value, out JsonElement clean)
    {
        clean = NoArguments;
        if (value.ValueKind != JsonValueKind.Object) return "The arguments must be a JSON object.";
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (!Write(value, writer)) return "The arguments contain a number that is out of range.";
        }

        if (buffer.WrittenCount > MaxLength) return "The arguments are too long.";
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
                // If a name occurs twice, the last value counts, as in other JSON parsers.
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
