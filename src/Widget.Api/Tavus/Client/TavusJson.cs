using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Api.Tavus.Client;

/// <summary>Serializes requests in snake_case, without null fields.</summary>
internal static class TavusJson
{
    public static readonly JsonSerializerOptions Requests = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

/// <summary>
/// An object in a response. Fields are found under any of their names, because Tavus renamed persona to PAL and replica to Face and uses
/// both. A field that is missing or has another type is null, except an id: without one the response is useless.
/// </summary>
internal readonly struct TavusObject(JsonElement element)
{
    public JsonElement Element => element;

    /// <summary>The object itself, or the one in <c>{"data": …}</c>, in a list or not: single objects come in all three forms.</summary>
    /// <exception cref="TavusException">It is not an object.</exception>
    public static TavusObject Single(JsonElement answer)
    {
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var data))
            answer = data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0 ? data[0] : data;
        return answer.ValueKind == JsonValueKind.Object ? new TavusObject(answer) : throw Malformed("an object was expected");
    }

    public static TavusException Malformed(string what) => new(TavusFault.Malformed, $"Tavus's response is not valid: {what}.");

    /// <exception cref="TavusException">The field is missing.</exception>
    public string Id(params ReadOnlySpan<string> names) =>
        Text(names) is { Length: > 0 } id ? id : throw Malformed($"{names[0]} is missing");

    public JsonElement? Field(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (element.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
                return value;
        return null;
    }

    public string? Text(params ReadOnlySpan<string> names) => Field(names) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public bool? Flag(params ReadOnlySpan<string> names) => Field(names)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public int? Number(params ReadOnlySpan<string> names) => Field(names) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) && Math.Abs(value) <= int.MaxValue => (int)value,
        { ValueKind: JsonValueKind.String } text
            when int.TryParse(text.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    /// <summary>ISO 8601; without an offset it is UTC.</summary>
    public DateTimeOffset? Time(params ReadOnlySpan<string> names) =>
        DateTimeOffset.TryParse(
            Text(names),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time)
            ? time
            : null;

    public IReadOnlyList<string> Texts(params ReadOnlySpan<string> names) =>
        Field(names) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];

    public JsonElement? Object(params ReadOnlySpan<string> names) =>
        Field(names) is { ValueKind: JsonValueKind.Object } value ? value : null;
}
