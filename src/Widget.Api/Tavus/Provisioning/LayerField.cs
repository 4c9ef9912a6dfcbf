using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Widget.Api.Tavus.Client;
using Widget.Contracts;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>A field of one of a persona's layers, in Tavus's names.</summary>
/// <param name="Layer">Such as <c>tts</c>.</param>
/// <param name="Name">Such as <c>tts_engine</c>.</param>
/// <param name="Value">The desired value; null for Tavus's default.</param>
public sealed record LayerField(string Layer, string Name, JsonNode? Value)
{
    /// <summary>The settings have Tavus's names in camel case, so no table of names is needed.</summary>
    private static readonly JsonSerializerOptions Tavus = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The layers that the settings cover.</summary>
    public static IReadOnlyList<string> Layers { get; } = ["tts", "stt", "perception", "conversational_flow"];

    /// <summary>Layer and name, as they are stored.</summary>
    public string Path => $"{Layer}/{Name}";

    /// <summary>The name of the setting.</summary>
    public string Setting => $"tavusLayers.{Camel(Layer)}.{Camel(Name)}";

    /// <summary>The fields that the settings set.</summary>
    public static IReadOnlyList<LayerField> Of(TavusLayers settings) =>
    [
        .. from layer in JsonSerializer.SerializeToNode(settings, Tavus)!.AsObject()
           from field in layer.Value!.AsObject()
           select new LayerField(layer.Key, field.Key, field.Value!.DeepClone()),
    ];

    /// <summary>Reads the path of a stored field, to remove the field.</summary>
    public static LayerField Parse(string path) =>
        path.Split('/') is [var layer, var name] ? new(layer, name, null) : throw new FormatException($"{path} is not a field of a layer.");

    /// <summary>The layers of a new persona.</summary>
    public static PersonaLayers ToLayers(IEnumerable<LayerField> fields, LlmLayer llm)
    {
        var layers = new JsonObject();
        foreach (var group in fields.GroupBy(field => field.Layer, StringComparer.Ordinal))
            layers[group.Key] = new JsonObject(group.Select(field => KeyValuePair.Create(field.Name, field.Value?.DeepClone())));
        return layers.Deserialize<PersonaLayers>(Tavus)! with { Llm = llm };
    }

    private static string Camel(string snake)
    {
        var words = snake.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
