using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Api.Platform;

/// <summary>
/// Reads strings without the one character that PostgreSQL cannot store (U+0000), so that no request can fail for it further in.
/// </summary>
internal sealed class StorableStrings : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()?.Replace("\0", "", StringComparison.Ordinal);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()!.Replace("\0", "", StringComparison.Ordinal);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
}
