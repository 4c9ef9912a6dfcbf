using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>JSON Patch (RFC 6902) with JSON Pointer (RFC 6901).</summary>
internal static class JsonPatch
{
    /// <exception cref="FormatException">An operation is invalid or cannot be applied.</exception>
    public static JsonObject Apply(JsonObject target, JsonElement patch, Func<string, string> translate)
    {
        var root = target.DeepClone();
        foreach (var operation in patch.EnumerateArray())
        {
            if (operation.ValueKind != JsonValueKind.Object) throw new FormatException("an operation must be an object");
            if (operation.EnumerateObject().Any(field => field.Name is not ("op" or "path" or "value" or "from")))
                throw new FormatException("an operation has members of its own");
            var path = translate(Text(operation, "path"));
            switch (Text(operation, "op"))
            {
                case "add": Add(root, path, Value(operation)); break;
                case "remove": Take(root, path); break;
                case "replace":
                    Take(root, path);
                    Add(root, path, Value(operation));
                    break;
                case "move": Add(root, path, Take(root, translate(Text(operation, "from")))); break;
                case "copy": Add(root, path, Read(root, translate(Text(operation, "from")))?.DeepClone()); break;
                case "test":
                    if (!JsonNode.DeepEquals(Read(root, path), Value(operation))) throw new FormatException($"test failed at {path}");
                    break;
                default: throw new FormatException("unknown op");
            }
        }

        return root.AsObject();
    }

    private static string Text(JsonElement operation, string name) =>
        operation.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"{name} is needed");

    private static JsonNode? Value(JsonElement operation) =>
        operation.TryGetProperty("value", out var value)
            ? JsonNode.Parse(value.GetRawText())
            : throw new FormatException("value is needed");

    private static (JsonNode Parent, string Last) Walk(JsonNode root, string path)
    {
        if (!path.StartsWith('/')) throw new FormatException($"no such path: {path}");
        var parts = path[1..].Split('/').Select(
            part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        foreach (var part in parts[..^1])
            root = (root switch
            {
                JsonObject item => item[part],
                JsonArray list => list[Index(part, list.Count - 1)],
                _ => null,
            }) ?? throw new FormatException($"no such path: {path}");
        return (root, parts[^1]);
    }

    private static JsonNode? Read(JsonNode root, string path)
    {
        var (parent, last) = Walk(root, path);
        return parent switch
        {
            JsonObject item when item.ContainsKey(last) => item[last],
            JsonArray list => list[Index(last, list.Count - 1)],
            _ => throw new FormatException($"no such path: {path}"),
        };
    }

    private static void Add(JsonNode root, string path, JsonNode? value)
    {
        var (parent, last) = Walk(root, path);
        switch (parent)
        {
            case JsonObject item: item[last] = value; break;
            case JsonArray list: list.Insert(last == "-" ? list.Count : Index(last, list.Count), value); break;
            default: throw new FormatException($"no such path: {path}");
        }
    }

    private static JsonNode? Take(JsonNode root, string path)
    {
        var value = Read(root, path)?.DeepClone();
        var (parent, last) = Walk(root, path);
        if (parent is JsonObject item) item.Remove(last);
        else if (parent is JsonArray list) list.RemoveAt(Index(last, list.Count - 1));
        return value;
    }

    private static int Index(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= most
            ? index
            : throw new FormatException($"no such index: {text}");
}
