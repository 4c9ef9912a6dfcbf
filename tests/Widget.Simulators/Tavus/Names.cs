using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>Maps old and new names. Everything is stored under the old names.</summary>
internal static class Names
{
    private static readonly Dictionary<string, string> ToNew = new(StringComparer.Ordinal)
    {
        ["persona_id"] = "pal_id",
        ["persona_name"] = "pal_name",
        ["persona_type"] = "pal_type",
        ["default_replica_id"] = "default_face_id",
        ["replica_id"] = "face_id",
        ["replica_name"] = "face_name",
        ["replica_type"] = "face_type",
    };

    private static readonly Dictionary<string, string> ToOld = ToNew.ToDictionary(
        pair => pair.Value,
        pair => pair.Key,
        StringComparer.Ordinal);

    /// <summary>The body with old names. A name that the account's API does not know is an error.</summary>
    public static JsonElement Read(JsonElement body, string family, out string? problem)
    {
        problem = null;
        if (body.ValueKind != JsonValueKind.Object) return body;
        var fields = new JsonObject();
        foreach (var field in body.EnumerateObject())
        {
            if (family == "new" && ToNew.ContainsKey(field.Name)) problem = $"{field.Name}: Unknown field.";
            var name = family != "legacy" && ToOld.TryGetValue(field.Name, out var old) ? old : field.Name;
            if (fields.ContainsKey(name)) problem = $"{field.Name}: Given twice.";
            fields[name] = JsonNode.Parse(field.Value.GetRawText());
        }

        return JsonSerializer.SerializeToElement(fields);
    }

    /// <summary>The JSON Pointer with its first segment under the old name.</summary>
    public static string Pointer(string pointer, string family)
    {
        var parts = pointer.Split('/');
        if (family != "legacy" && parts.Length > 1 && ToOld.TryGetValue(parts[1], out var old)) parts[1] = old;
        return string.Join('/', parts);
    }

    public static JsonObject Write(JsonObject item, bool renamed)
    {
        if (!renamed) return item;
        foreach (var (old, name) in ToNew)
            if (item.Remove(old, out var value)) item[name] = value;
        return item;
    }
}
