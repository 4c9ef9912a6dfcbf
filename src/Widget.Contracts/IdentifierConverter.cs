using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>
/// Reads an identifier as it was sent, or not at all. Free text is cleaned of what cannot be stored, but two identifiers that differ must not become
/// the same.
/// </summary>
public sealed class IdentifierConverter : JsonConverter<string>
{
    /// <exception cref="JsonException">It is no text, contains U+0000 or half a surrogate pair.</exception>
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
            // That is what half a surrogate pair gives.
            throw new JsonException(message: null, e);
        }

        return text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException() : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
