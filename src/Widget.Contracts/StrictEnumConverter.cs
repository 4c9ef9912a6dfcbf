using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Reads an enum only by its names. Numbers are rejected, because undefined ones would be accepted too.</summary>
public sealed class StrictEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(namingPolicy: null, allowIntegerValues: false)
    where TEnum : struct, Enum;
