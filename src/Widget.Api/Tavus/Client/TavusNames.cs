using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Widget.Api.Tavus.Client;

/// <summary>The names that Tavus's API goes by: before mid-2026 persona and replica, since then PAL and Face.</summary>
internal enum TavusFamily
{
    Legacy,
    Renamed,
}

/// <summary>
/// Which names an account's API answers to, endpoint by endpoint, as far as that is known, and how a request looks in them. Ours are the
/// legacy ones; they "still work" by the documentation and are tried first.
/// </summary>
internal sealed class TavusNames(int capacity = 10_000)
{
    /// <summary>The endpoints that have two names.</summary>
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
        // Learnt again at the cost of a request.
        if (_known.Count >= capacity) _known.Clear();
        _known[(account.Fingerprint, endpoint)] = family;
    }

    public static TavusFamily Other(TavusFamily family) => family == TavusFamily.Legacy ? TavusFamily.Renamed : TavusFamily.Legacy;

    /// <summary>A field, an endpoint or a parameter as the family calls it.</summary>
    public static string Name(string name, TavusFamily family) =>
        family == TavusFamily.Renamed && NewNames.TryGetValue(name, out var renamed) ? renamed : name;

    /// <summary>A request's own fields in the family's names. Those of objects within have only one name.</summary>
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

    /// <summary>A JSON Pointer in the family's names: only its first part may be one of those.</summary>
    public static string Pointer(string pointer, TavusFamily family)
    {
        if (!pointer.StartsWith('/')) return pointer;
        var end = pointer.IndexOf('/', 1);
        return end < 0 ? $"/{Name(pointer[1..], family)}" : $"/{Name(pointer[1..end], family)}{pointer[end..]}";
    }
}
