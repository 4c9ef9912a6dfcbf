using System.Text.Json;

namespace Widget.Api.Calls;

/// <summary>Stores the states and reasons of calls under the names that they have in the API's JSON.</summary>
internal static class JsonNames
{
    public static string ToText<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToElement(value).GetString()!;

    public static T Parse<T>(string text)
        where T : struct, Enum => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(text));
}
