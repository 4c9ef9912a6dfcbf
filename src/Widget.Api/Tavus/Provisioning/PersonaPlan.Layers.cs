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
        var desired = new List<(string Name, JsonNode? Value)>();
        var address = Text(llm, "base_url");
        if (Desired.ModelAddress is { } model)
        {
            NeedsModelKey = address != model.AbsoluteUri || Applied.ModelKeyId is null || Text(llm, "api_key") is null;
            desired.Add(("base_url", model.AbsoluteUri));
            desired.Add(("model", ModelName));
            if (NeedsModelKey) desired.Add(("api_key", Masked));
        }
        else if (address is not null && address == Applied.ModelAddress)
        {
            // It uses our model, which is no longer desired, so return to one of Tavus's models.
            desired.Add(("base_url", null));
            desired.Add(("api_key", null));
            if (Text(llm, "model") == ModelName) desired.Add(("model", null));
        }

        desired.Add(("speculative_inference", true));
        var change = desired.Where(IsChanged).ToList();
        foreach (var (name, value) in change)
        {
            var before = name == "api_key" && Text(llm, name) is not null ? Masked : Value(llm, name);
            _changes.Add(new($"tavusCustomModel.{name}", before, value?.DeepClone()));
        }

        SetLayer("llm", change);

        // A new key is always sent, because it cannot be compared with the old one, which Tavus masks.
        bool IsChanged((string Name, JsonNode? Value) field) =>
            (field.Name == "api_key" && field.Value is not null) || !JsonNode.DeepEquals(field.Value, Value(llm, field.Name));
    }

    // Must follow SetModel, which creates the layers if the persona has none.
    private void SetLayers()
    {
        foreach (var layer in LayerField.Layers)
        {
            var current = Layer(layer);
            var desired = Desired.Layers.Where(field => field.Layer == layer).ToList();
            var toSet = desired.Where(field => !JsonNode.DeepEquals(field.Value, Value(current, field.Name)));
            // Fields that we set earlier and that are no longer desired.
            var toRemove = Applied.Layers.Select(LayerField.Parse).Where(
                field => field.Layer == layer
                    && !desired.Exists(other => other.Name == field.Name)
                    && Value(current, field.Name) is not null);
            var change = new List<(string Name, JsonNode? Value)>();
            foreach (var field in toSet.Concat(toRemove))
            {
                change.Add((field.Name, field.Value));
                _changes.Add(new(field.Setting, Value(current, field.Name), field.Value?.DeepClone()));
            }

            SetLayer(layer, change);
        }
    }

    private void SetLayer(string layer, IReadOnlyList<(string Name, JsonNode? Value)> change)
    {
        if (change.Count == 0) return;
        var current = Layer(layer);
        if (current.ValueKind == JsonValueKind.Object)
        {
            foreach (var (name, value) in change)
            {
                _patch.Add(
                    value is null
                        ? new JsonPatchOperation("remove", $"/layers/{layer}/{name}")
                        : Operation($"/layers/{layer}/{name}", Value(current, name) is not null, value));
            }

            return;
        }

        var fields = new JsonObject(change.Select(field => KeyValuePair.Create(field.Name, field.Value?.DeepClone())));
        var isFirstLayer = Existing is not { Layers.ValueKind: JsonValueKind.Object } && layer == "llm";
        _patch.Add(
            isFirstLayer
                ? new JsonPatchOperation("add", "/layers", new JsonObject { [layer] = fields })
                : new JsonPatchOperation("add", $"/layers/{layer}", fields));
    }

    private JsonElement Layer(string name) =>
        Existing is { Layers.ValueKind: JsonValueKind.Object }
            && Existing.Layers.TryGetProperty(name, out var layer)
            && layer.ValueKind == JsonValueKind.Object
            ? layer
            : default;
}
