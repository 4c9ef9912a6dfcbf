using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>The layers of a persona are changed field by field, so that fields that people have set stay.</summary>
public sealed partial class PersonaPlan
{
    private void SetModel()
    {
        var llm = Layer("llm");
        var wanted = new List<(string Name, JsonNode? Value)>();
        var address = Text(llm, "base_url");
        if (Desired.ModelAddress is { } model)
        {
            NeedsModelKey = address != model.AbsoluteUri || Applied.ModelKeyId is null || Text(llm, "api_key") is null;
            wanted.Add(("base_url", model.AbsoluteUri));
            wanted.Add(("model", ModelName));
            if (NeedsModelKey) wanted.Add(("api_key", Masked));
        }
        else if (address is not null && address == Applied.ModelAddress)
        {
            // It still uses our model, which is no longer desired: return to Tavus's own.
            wanted.Add(("base_url", null));
            wanted.Add(("api_key", null));
            if (Text(llm, "model") == ModelName) wanted.Add(("model", null));
        }

        wanted.Add(("speculative_inference", true));
        var change = wanted.Where(IsChanged).ToList();
        foreach (var (name, value) in change)
        {
            var before = name == "api_key" && Text(llm, name) is not null ? Masked : Value(llm, name);
            _changes.Add(new($"tavusCustomModel.{name}", before, value?.DeepClone()));
        }

        SetLayer("llm", change);

        // A key is sent whenever one was made: Tavus does not return the old one in clear.
        bool IsChanged((string Name, JsonNode? Value) field) =>
            (field.Name == "api_key" && field.Value is not null) || !JsonNode.DeepEquals(field.Value, Value(llm, field.Name));
    }

    // Must follow SetModel, which creates the layers if the persona has none.
    private void SetLayers()
    {
        foreach (var layer in LayerField.Layers)
        {
            var there = Layer(layer);
            var wanted = Desired.Layers.Where(field => field.Layer == layer).ToList();
            var given = wanted.Where(field => !JsonNode.DeepEquals(field.Value, Value(there, field.Name)));
            // Fields that we set earlier and that are no longer desired.
            var taken = Applied.Layers.Select(LayerField.Parse).Where(
                field => field.Layer == layer && !wanted.Exists(other => other.Name == field.Name) && Value(there, field.Name) is not null);
            var change = new List<(string Name, JsonNode? Value)>();
            foreach (var field in given.Concat(taken))
            {
                change.Add((field.Name, field.Value));
                _changes.Add(new(field.Setting, Value(there, field.Name), field.Value?.DeepClone()));
            }

            SetLayer(layer, change);
        }
    }

    private void SetLayer(string layer, IReadOnlyList<(string Name, JsonNode? Value)> change)
    {
        if (change.Count == 0) return;
        var there = Layer(layer);
        if (there.ValueKind == JsonValueKind.Object)
        {
            foreach (var (name, value) in change)
            {
                _patch.Add(
                    value is null
                        ? new JsonPatchOperation("remove", $"/layers/{layer}/{name}")
                        : Operation($"/layers/{layer}/{name}", Value(there, name) is not null, value));
            }

            return;
        }

        var made = new JsonObject(change.Select(field => KeyValuePair.Create(field.Name, field.Value?.DeepClone())));
        var first = There is not { Layers.ValueKind: JsonValueKind.Object } && layer == "llm";
        _patch.Add(
            first
                ? new JsonPatchOperation("add", "/layers", new JsonObject { [layer] = made })
                : new JsonPatchOperation("add", $"/layers/{layer}", made));
    }

    private JsonElement Layer(string name) =>
        There is { Layers.ValueKind: JsonValueKind.Object }
            && There.Layers.TryGetProperty(name, out var layer)
            && layer.ValueKind == JsonValueKind.Object
            ? layer
            : default;
}
