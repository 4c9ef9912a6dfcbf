using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

/// <summary>The two families of names in Tavus's API: persona and replica until mid-2026, PAL and Face since then.</summary>
internal enum TavusFamily
{
    Legacy,
    Renamed,
}

/// <summary>
/// Remembers for each endpoint which family of names an account's API accepts, and translates requests into it. The older names, which
/// according to the documentation "still work", are tried first.
/// </summary>
internal sealed class TavusNames(int capacity = 10_000)
{
    /// <summary>The endpoints with two names.</summary>
    public const string Personas = "personas";

    public const string Replicas = "replicas";

    private static readonly Dictionary<string, string> NewNames = new(StringComparer.Ordinal)
    {
        ["persona_id"] = "pal_id",
        ["persona_name"] = "pal_name",
        ["persona_type"] = "pal_type",
        ["default_replica_id"] = "default_face_id",
        ["replica_id"] = "face_id",
        ["replica_name"] = "face_name",
        ["replica_ids"] = "face_ids",
        ["replica_type"] = "face_type",
        [Personas] = "pals",
        [Replicas] = "faces",
    };

    private readonly ConcurrentDictionary<(string Account, string Endpoint), TavusFamily> _known = new();

    public TavusFamily? Of(TavusAccount account, string endpoint) =>
        _known.TryGetValue((account.Fingerprint, endpoint), out var family) ? family : null;

    public void Remember(TavusAccount account, string endpoint, TavusFamily family)
    {
        // The number of entries is limited. Detecting a family again costs only one request.
        if (_known.Count >= capacity) _known.Clear();
        _known[(account.Fingerprint, endpoint)] = family;
    }

    public static TavusFamily Other(TavusFamily family) => family == TavusFamily.Legacy ? TavusFamily.Renamed : TavusFamily.Legacy;

    /// <summary>The name of a field, an endpoint or a parameter in a family.</summary>
    public static string Name(string name, TavusFamily family) =>
        family == TavusFamily.Renamed && NewNames.TryGetValue(name, out var renamed) ? renamed : name;

    /// <summary>A request's top-level fields in the names of a family. Fields of nested objects have only one name.</summary>
    public static JsonNode? Translate(JsonNode? body, TavusFamily family)
    {
        if (family == TavusFamily.Legacy || body is not JsonObject fields) return body;
        foreach (var field in fields.Select(field => field.Key).Where(NewNames.ContainsKey).ToList())
        {
            fields.Remove(field, out var value);
            fields[Name(field, family)] = value;
        }

        return fields;
    }

    /// <summary>A JSON Pointer in the names of a family. Only its first part has two names.</summary>
    public static string Pointer(string pointer, TavusFamily family)
    {
        if (!pointer.StartsWith('/')) return pointer;
        var end = pointer.IndexOf('/', 1);
        return end < 0 ? $"/{Name(pointer[1..], family)}" : $"/{Name(pointer[1..end], family)}{pointer[end..]}";
    }
}
