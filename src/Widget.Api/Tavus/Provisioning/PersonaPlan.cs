using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tavus.Client;
using Widget.Contracts;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>What of a persona was set by us the last time, so that what people have added at Tavus since can be told from it.</summary>
public sealed record AppliedPersona
{
    public static AppliedPersona Nothing { get; } = new();

    public IReadOnlyList<string> DocumentIds { get; init; } = [];

    public IReadOnlyList<string> DocumentTags { get; init; } = [];

    /// <summary>Our model's address there; null when a model of Tavus's was left.</summary>
    public string? ModelAddress { get; init; }

    /// <summary>Fields of other layers, as <c>tts/tts_engine</c>.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The key that our model is asked with.</summary>
    public Guid? ModelKeyId { get; init; }
}

/// <param name="Name">With the tenant's prefix.</param>
/// <param name="Prompt">What it forbids; null when the rule is to go.</param>
/// <param name="There">How it is at Tavus; null when it is not.</param>
public sealed record GuardrailStep(string Name, string? Prompt, TavusGuardrailRule? There);

/// <summary>
/// How a persona comes to be as a tenant's settings say: a pure comparison of what is wanted with what is there. Fields that we do not set
/// are not looked at; of lists, what people have added stays.
/// </summary>
public sealed partial class PersonaPlan
{
    /// <summary>What our endpoint's model is called.</summary>
    public const string ModelName = "widget";

    public const string Masked = "•••";

    private const string NewGuardrail = "new:";

    private readonly List<TavusPersonaDifference> _changes = [];
    private readonly List<JsonPatchOperation> _patch = [];
    private readonly string _prefix;
    private readonly List<TavusGuardrailRule> _rules;

    private PersonaPlan(
        PersonaWish wish,
        TavusPersona? there,
        AppliedPersona applied,
        IReadOnlyList<TavusGuardrailRule> rules,
        string guardrailPrefix)
    {
        (Wish, There, Applied, _prefix) = (wish, there, applied, guardrailPrefix);
        _rules = [.. rules.Where(rule => rule.Name?.StartsWith(_prefix, StringComparison.Ordinal) == true)];
        Guardrails = [.. PlanGuardrails()];
        Set("agentName", "/persona_name", there?.Name, wish.Name);
        Set("agentInstructions", "/system_prompt", there?.SystemPrompt, wish.SystemPrompt);
        Set("mode", "/pipeline_mode", there?.PipelineMode, "full");
        if (wish.ReplicaId is { } replica) Set("tavusReplicaId", "/default_replica_id", there?.DefaultReplicaId, replica);
        SetList(
            "tavusDocumentIds",
            "/document_ids",
            there?.DocumentIds ?? [],
            Merge(there?.DocumentIds ?? [], applied.DocumentIds, wish.DocumentIds));
        SetList(
            "tavusDocumentTags",
            "/document_tags",
            there?.DocumentTags ?? [],
            Merge(there?.DocumentTags ?? [], applied.DocumentTags, wish.DocumentTags));
        SetModel();
        SetLayers();
        SetGuardrails();
    }

    public PersonaWish Wish { get; }

    /// <summary>Null when it is to be made.</summary>
    public TavusPersona? There { get; }

    public AppliedPersona Applied { get; }

    public IReadOnlyList<GuardrailStep> Guardrails { get; }

    /// <summary>A key has to be made for our model, since the persona has none that we know.</summary>
    public bool NeedsModelKey { get; private set; }

    public IReadOnlyList<TavusPersonaDifference> Changes => _changes;

    public static PersonaPlan Of(
        PersonaWish wish,
        TavusPersona? there,
        AppliedPersona applied,
        IReadOnlyList<TavusGuardrailRule> rules,
        string guardrailPrefix) =>
        new(wish, there, applied, rules, guardrailPrefix);

    /// <summary>Adds what is changed elsewhere than in the persona itself.</summary>
    public void Add(string path, IEnumerable<string> before, IEnumerable<string> after)
    {
        var (was, will) = (before.Order(StringComparer.Ordinal).ToList(), after.Order(StringComparer.Ordinal).ToList());
        if (!was.SequenceEqual(will, StringComparer.Ordinal)) _changes.Add(new(path, Node(was), Node(will)));
    }

    /// <summary>The patch to send.</summary>
    /// <param name="guardrailIds">Ids of guardrails that have been made, by name.</param>
    /// <param name="modelKey">What our model is asked with.</param>
    public IReadOnlyList<JsonPatchOperation> Patch(IReadOnlyDictionary<string, string> guardrailIds, string? modelKey) =>
        [.. _patch.Select(operation => operation with { Value = Fill(operation, guardrailIds, modelKey) })];

    /// <summary>The tenant's guardrails that its persona is to have.</summary>
    /// <param name="made">Ids of guardrails that have been made, by name.</param>
    public IReadOnlyList<string> GuardrailIds(IReadOnlyDictionary<string, string> made) =>
        [.. Wish.Guardrails.Keys.Select(name => _rules.Find(rule => rule.Name == name)?.Id ?? made[name])];

    /// <summary>The patch to show: without secrets, and with names in place of ids that are not known yet.</summary>
    public JsonArray Shown() => JsonSerializer.SerializeToNode(
        _patch.Select(operation => new { op = operation.Op, path = operation.Path, value = operation.Value }).ToArray())!.AsArray();

    /// <summary>Another whenever what is there, or what is wanted, has changed.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        there = There,
        layers = There is { Layers.ValueKind: JsonValueKind.Object } ? There.Layers.GetRawText() : null,
        changes = _changes,
        patch = Shown(),
        guardrails = Guardrails.Select(step => new { step.Name, step.Prompt, step.There?.Id, before = step.There?.Prompt }),
    }))))[..32];

    private IEnumerable<GuardrailStep> PlanGuardrails()
    {
        foreach (var (name, prompt) in Wish.Guardrails)
        {
            var there = _rules.Find(rule => rule.Name == name);
            if (there?.Prompt == prompt) continue;
            _changes.Add(new($"tavusGuardrails.{name[_prefix.Length..]}", there?.Prompt, prompt));
            yield return new GuardrailStep(name, prompt, there);
        }

        foreach (var rule in _rules.Where(rule => !Wish.Guardrails.ContainsKey(rule.Name!)))
        {
            _changes.Add(new($"tavusGuardrails.{rule.Name![_prefix.Length..]}", rule.Prompt, null));
            yield return new GuardrailStep(rule.Name, Prompt: null, rule);
        }
    }

    private void SetGuardrails()
    {
        var wanted = Wish.Guardrails.Keys.Select(name => _rules.Find(rule => rule.Name == name)?.Id ?? NewGuardrail + name);
        var there = There?.GuardrailIds ?? [];
        var after = Merge(there, [.. _rules.Select(rule => rule.Id)], [.. wanted]);
        // The rules themselves are among the changes, by their names; ids say nothing to people.
        if (!after.SequenceEqual(there, StringComparer.Ordinal)) _patch.Add(Operation("/guardrail_ids", there.Count > 0, Node(after)));
    }

    private void Set(string setting, string path, string? before, string after)
    {
        if (before == after) return;
        _changes.Add(new(setting, before, after));
        _patch.Add(Operation(path, before is not null, after));
    }

    private void SetList(string setting, string path, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        if (before.SequenceEqual(after, StringComparer.Ordinal)) return;
        _changes.Add(new(setting, Node(before), Node(after)));
        _patch.Add(Operation(path, before.Count > 0, Node(after)));
    }

    // "add" puts a field in the place of one that is there, so it is right whether an empty one is told or not.
    private static JsonPatchOperation Operation(string path, bool there, JsonNode value) =>
        new(there ? "replace" : "add", path, value.DeepClone());

    // What is there, but for what we had set; and what is wanted.
    private static List<string> Merge(IReadOnlyList<string> there, IReadOnlyList<string> before, IReadOnlyList<string> wanted) =>
        [.. there.Where(item => wanted.Contains(item, StringComparer.Ordinal) || !before.Contains(item, StringComparer.Ordinal)).Union(wanted, StringComparer.Ordinal)];

    private static JsonArray Node(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static string? Text(JsonElement layer, string name) =>
        layer.ValueKind == JsonValueKind.Object && layer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonNode? Value(JsonElement layer, string name) =>
        layer.ValueKind == JsonValueKind.Object
            && layer.TryGetProperty(name, out var value)
            && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? JsonNode.Parse(value.GetRawText())
            : null;

    // Texts of people's are never looked into: only lists of guardrails and the model's layer have something to fill in. A persona without
    // layers is given the model's first, so that nobody else's text is among them.
    private static JsonNode? Fill(JsonPatchOperation operation, IReadOnlyDictionary<string, string> guardrailIds, string? modelKey)
    {
        if (operation.Path == "/guardrail_ids") return Node(operation.Value!.AsArray().Select(id => Known(id!.GetValue<string>())));
        return operation.Path == "/layers" || operation.Path.StartsWith("/layers/llm", StringComparison.Ordinal)
            ? Keyed(operation.Value)
            : operation.Value?.DeepClone();

        string Known(string id) => id.StartsWith(NewGuardrail, StringComparison.Ordinal) ? guardrailIds[id[NewGuardrail.Length..]] : id;

        JsonNode? Keyed(JsonNode? value) => value switch
        {
            JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Keyed(field.Value)))),
            JsonValue text when text.TryGetValue<string>(out var said) && said == Masked => JsonValue.Create(modelKey),
            _ => value?.DeepClone(),
        };
    }
}
