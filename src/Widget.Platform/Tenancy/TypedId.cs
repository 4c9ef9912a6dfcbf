using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Widget.Platform.Tenancy;

/// <summary>
/// An id with its own type. Values are version 7 GUIDs, so that rows sort by creation time; ids that are also secrets use version 4.
/// </summary>
public interface ITypedId<TSelf>
    where TSelf : struct, ITypedId<TSelf>
{
    Guid Value { get; }

    static abstract TSelf From(Guid value);
}

/// <summary>Maps every <see cref="ITypedId{TSelf}"/> to a uuid column.</summary>
public sealed class TypedIdConverter<TId>() : ValueConverter<TId, Guid>(id => id.Value, value => FromValue(value))
    where TId : struct, ITypedId<TId>
{
    // An expression tree cannot use a static abstract member directly.
    private static TId FromValue(Guid value) => TId.From(value);
}

/// <summary>Serialises every <see cref="ITypedId{TSelf}"/> as a plain GUID string.</summary>
public sealed class TypedIdJsonConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsValueType && Array.Exists(
            typeToConvert.GetInterfaces(),
            type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ITypedId<>));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

    private sealed class Converter<TId> : JsonConverter<TId>
        where TId : struct, ITypedId<TId>
    {
        public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TId.From(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
