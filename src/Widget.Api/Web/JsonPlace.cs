using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Widget.Api.Web;

/// <summary>
/// A place in a request's JSON, as a <see cref="JsonException"/> names it: <c>$.theme.position</c>, <c>$.utterances[0]['odd name']</c>.
/// </summary>
/// <param name="Field">The field as a caller writes it. Empty for the request as a whole.</param>
/// <param name="Type">The type of the field. Null if the request has no such field.</param>
internal sealed record JsonPlace(string Field, Type? Type)
{
    /// <param name="body">The type that the request is read as.</param>
    /// <param name="path">The path in the exception.</param>
    /// <param name="options">The options that the request is read with.</param>
    public static JsonPlace Find(Type body, string? path, JsonSerializerOptions options)
    {
        var type = body;
        var field = "";
        foreach (var (name, isIndex) in Steps(path ?? "$"))
        {
            field += isIndex ? $"[{name}]" : field.Length == 0 ? name : $".{name}";
            if (type is not null) type = MemberType(options.GetTypeInfo(type), name);
        }

        return new JsonPlace(field, type);
    }

    private static Type? MemberType(JsonTypeInfo type, string name) => type.Kind switch
    {
        JsonTypeInfoKind.Object =>
            type.Properties
                .FirstOrDefault(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
                ?.PropertyType,
        JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => type.ElementType,
        // A converter reads the whole value, so the error concerns all of it.
        _ => type.Type,
    };

    // Splits the path at ".name", "['name']" and "[index]".
    private static IEnumerable<(string Name, bool IsIndex)> Steps(string path)
    {
        // The path begins with "$".
        var at = 1;
        while (at < path.Length)
        {
            var (openingLength, close) = path[at] == '.' ? (1, "") : path.AsSpan(at).StartsWith("['") ? (2, "']") : (1, "]");
            var start = at + openingLength;
            var length = close.Length > 0 ? path.AsSpan(start).IndexOf(close) : path.AsSpan(start).IndexOfAny('.', '[');
            var end = length < 0 ? path.Length : start + length;
            yield return (path[start..end], close == "]");
            at = end + close.Length;
        }
    }
}
