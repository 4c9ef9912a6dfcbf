using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Reads an enum by its names alone: a number would be let through whether it means something or not.</summary>
public sealed class StrictEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(namingPolicy: null, allowIntegerValues: false)
    where TEnum : struct, Enum;
