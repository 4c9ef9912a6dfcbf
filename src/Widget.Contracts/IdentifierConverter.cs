using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>
/// Reads an identifier unchanged or rejects it. Other text is cleaned of characters that cannot be stored, but cleaning could make two
/// different identifiers equal.
/// </summary>
public sealed class IdentifierConverter : JsonConverter<string>
{
    /// <exception cref="JsonException">The value is not a string, or contains U+0000 or half a surrogate pair.</exception>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // GetString throws this for half a surrogate pair.
            throw new JsonException(message: null, e);
        }

        return text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException() : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
