using System.Text.Json;
using System.Text.Json.Serialization;
using Widget.Platform.Database;

namespace Widget.Api.Web;

/// <summary>JSON converters that make the values of requests storable in PostgreSQL, as <see cref="StorableJson"/> describes.</summary>
internal static class StorableConverters
{
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new StorableStringConverter());
        options.Converters.Add(new StorableElementConverter());
    }
}

/// <summary>Reads strings without characters that PostgreSQL cannot store.</summary>
internal sealed class StorableStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StorableJson.ReadString(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StorableJson.ReadString(ref reader)!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}

/// <summary>Reads fields that may contain any JSON, without values that PostgreSQL cannot store.</summary>
internal sealed class StorableElementConverter : JsonConverter<JsonElement>
{

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var given = JsonDocument.ParseValue(ref reader);
        using var storable = JsonDocument.Parse(StorableJson.ToText(given.RootElement));
        return storable.RootElement.Clone();
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}
