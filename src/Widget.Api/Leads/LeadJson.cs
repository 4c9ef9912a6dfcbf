using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Widget.Api.Leads;

/// <summary>The JSON in the tables of leads.</summary>
internal static class LeadJson
{
    // Requests with an unknown field are refused, but unknown fields in the database are ignored: during an upgrade, a node with a newer
    // version may have saved them.
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SkipUnknown } },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Stored);

    public static T Parse<T>(string stored) => JsonSerializer.Deserialize<T>(stored, Stored)!;

    /// <summary>Reads a JSON object as its values by key.</summary>
    public static Dictionary<string, JsonElement> Values(string stored) =>
        new(Parse<Dictionary<string, JsonElement>>(stored), StringComparer.Ordinal);

    private static void SkipUnknown(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object) type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
    }
}
