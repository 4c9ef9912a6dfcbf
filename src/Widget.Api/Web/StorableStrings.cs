using System.Text.Json;
using System.Text.Json.Serialization;
using Widget.Platform.Database;

namespace Widget.Api.Web;

/// <summary>
/// Reads texts of requests as <see cref="StorableJson"/> does, so that characters that PostgreSQL cannot store are refused at once.
/// </summary>
internal sealed class StorableStrings : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StorableJson.Text(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StorableJson.Text(ref reader)!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}

/// <summary>The same for fields that may hold any JSON.</summary>
internal sealed class StorableElements : JsonConverter<JsonElement>
{
    /// <summary>Registers the converters for texts and free JSON.</summary>
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new StorableStrings());
        options.Converters.Add(new StorableElements());
    }

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var given = JsonDocument.ParseValue(ref reader);
        using var storable = JsonDocument.Parse(StorableJson.Of(given.RootElement));
        return storable.RootElement.Clone();
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}
