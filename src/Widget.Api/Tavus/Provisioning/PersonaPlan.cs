using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tavus.Client;
using Widget.Contracts;

namespace Widget.Api.Tavus.Provisioning;

/// <summary>The fields of a persona that we set last. All other fields were set by people at Tavus.</summary>
public sealed record AppliedPersona
{
    public static AppliedPersona Nothing { get; } = new();

    public IReadOnlyList<string> DocumentIds { get; init; } = [];

    public IReadOnlyList<string> DocumentTags { get; init; } = [];

    /// <summary>Our model's address in the persona; null when it uses one of Tavus's models.</summary>
    public string? ModelAddress { get; init; }

    /// <summary>Fields of other layers, for example <c>tts/tts_engine</c>.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The key that Tavus sends to our model.</summary>
    public Guid? ModelKeyId { get; init; }
}

/// <summary>A guardrail to create, change or delete.</summary>
/// <param name="Name">With the tenant's prefix.</param>
/// <param name="Prompt">What it forbids; null to delete it.</param>
/// <param name="There">The guardrail at Tavus; null when it does not exist yet.</param>
public sealed record GuardrailStep(string Name, string? Prompt, TavusGuardrailRule? There);

/// <summary>
/// What to change so that a persona matches a tenant's settings: a pure comparison of the desired persona with the one at Tavus. Fields
/// that we do not set are not compared, and entries that people have added to lists stay.
/// </summary>
public sealed partial class PersonaPlan
{
    /// <summary>The name of our endpoint's model.</summary>
    public const string ModelName = "widget";

    /// <summary>Stands for a secret in a preview.</summary>
    public const string Masked = "•••";

    private const string NewGuardrail = "new:";

    private readonly List<TavusPersonaDifference> _changes = [];
    private readonly List<JsonPatchOperation> _patch = [];
    private readonly string _prefix;
    private readonly List<TavusGuardrailRule> _rules;

    private PersonaPlan(
        DesiredPersona desired,
        TavusPersona? there,
        AppliedPersona applied,
        IReadOnlyList<TavusGuardrailRule> rules,
        string guardrailPrefix)
    {
        (Desired, There, Applied, _prefix) = (desired, there, applied, guardrailPrefix);
        _rules = [.. rules.Where(rule => rule.Name?.StartsWith(_prefix, StringComparison.Ordinal) == true)];
        Guardrails = [.. PlanGuardrails()];
        Set("agentName", "/persona_name", there?.Name, desired.Name);
        Set("agentInstructions", "/system_prompt", there?.SystemPrompt, desired.SystemPrompt);
        Set("mode", "/pipeline_mode", there?.PipelineMode, "full");
        if (desired.ReplicaId is { } replica) Set("tavusReplicaId", "/default_replica_id", there?.DefaultReplicaId, replica);
        SetList(
            "tavusDocumentIds",
            "/document_ids",
            there?.DocumentIds ?? [],
            Merge(there?.DocumentIds ?? [], applied.DocumentIds, desired.DocumentIds));
        SetList(
            "tavusDocumentTags",
            "/document_tags",
            there?.DocumentTags ?? [],
            Merge(there?.DocumentTags ?? [], applied.DocumentTags, desired.DocumentTags));
        SetModel();
        SetLayers();
        SetGuardrails();
    }

    public DesiredPersona Desired { get; }

    /// <summary>The persona at Tavus; null when it must be created.</summary>
    public TavusPersona? There { get; }

    public AppliedPersona Applied { get; }

    public IReadOnlyList<GuardrailStep> Guardrails { get; }

    /// <summary>The persona needs a key for our model, because it has none that we know.</summary>
    public bool NeedsModelKey { get; private set; }

    public IReadOnlyList<TavusPersonaDifference> Changes => _changes;

    public static PersonaPlan Of(
        DesiredPersona desired,
        TavusPersona? there,
        AppliedPersona applied,
        IReadOnlyList<TavusGuardrailRule> rules,
        string guardrailPrefix) =>
        new(desired, there, applied, rules, guardrailPrefix);

    /// <summary>Adds a change outside of the persona itself.</summary>
    public void Add(string path, IEnumerable<string> before, IEnumerable<string> after)
    {
        var (was, will) = (before.Order(StringComparer.Ordinal).ToList(), after.Order(StringComparer.Ordinal).ToList());
        if (!was.SequenceEqual(will, StringComparer.Ordinal)) _changes.Add(new(path, Node(was), Node(will)));
    }

    /// <summary>The patch to send.</summary>
    /// <param name="guardrailIds">Ids of guardrails that have been created, by name.</param>
    /// <param name="modelKey">The key that Tavus sends to our model.</param>
    public IReadOnlyList<JsonPatchOperation> Patch(IReadOnlyDictionary<string, string> guardrailIds, string? modelKey) =>
        [.. _patch.Select(operation => operation with { Value = Fill(operation, guardrailIds, modelKey) })];

    /// <summary>The request that creates the persona.</summary>
    /// <param name="guardrailIds">Ids of guardrails that have been created, by name.</param>
    /// <param name="modelKey">The key that Tavus sends to our model.</param>
    public CreatePersona ToCreate(IReadOnlyDictionary<string, string> guardrailIds, string? modelKey)
    {
        var guardrails = Desired.Guardrails.Keys.Select(name => _rules.Find(rule => rule.Name == name)?.Id ?? guardrailIds[name]).ToList();
        return new CreatePersona
        {
            PersonaName = Desired.Name,
            SystemPrompt = Desired.SystemPrompt,
            PipelineMode = "full",
            DefaultReplicaId = Desired.ReplicaId,
            DocumentIds = Desired.DocumentIds.Count > 0 ? Desired.DocumentIds : null,
            DocumentTags = Desired.DocumentTags,
            GuardrailIds = guardrails.Count > 0 ? guardrails : null,
            Layers = LayerField.Make(Desired.Layers, new LlmLayer
            {
                BaseUrl = Desired.ModelAddress?.AbsoluteUri,
                Model = Desired.ModelAddress is null ? null : ModelName,
                ApiKey = modelKey,
                SpeculativeInference = true,
            }),
        };
    }

    /// <summary>What has been set once the plan is carried out.</summary>
    /// <param name="newKey">The key that was made for it; null when the persona keeps its key.</param>
    public AppliedPersona ToApplied(Guid? newKey) => new()
    {
        DocumentIds = Desired.DocumentIds,
        DocumentTags = Desired.DocumentTags,
        ModelAddress = Desired.ModelAddress?.AbsoluteUri,
        Layers = [.. Desired.Layers.Select(field => field.Path)],
        ModelKeyId = Desired.ModelAddress is null ? null : newKey ?? Applied.ModelKeyId,
    };

    /// <summary>The patch for a preview: without secrets, and with names in place of ids that do not exist yet.</summary>
    public JsonArray Shown() => JsonSerializer.SerializeToNode(
        _patch.Select(operation => new { op = operation.Op, path = operation.Path, value = operation.Value }).ToArray())!.AsArray();

    /// <summary>Changes whenever the persona at Tavus or the desired one changes.</summary>
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
        foreach (var (name, prompt) in Desired.Guardrails)
        {
            var there = _rules.Find(rule => rule.Name == name);
            if (there?.Prompt == prompt) continue;
            _changes.Add(new($"tavusGuardrails.{name[_prefix.Length..]}", there?.Prompt, prompt));
            yield return new GuardrailStep(name, prompt, there);
        }

        foreach (var rule in _rules.Where(rule => !Desired.Guardrails.ContainsKey(rule.Name!)))
        {
            _changes.Add(new($"tavusGuardrails.{rule.Name![_prefix.Length..]}", rule.Prompt, null));
            yield return new GuardrailStep(rule.Name, Prompt: null, rule);
        }
    }

    private void SetGuardrails()
    {
        var wanted = Desired.Guardrails.Keys.Select(name => _rules.Find(rule => rule.Name == name)?.Id ?? NewGuardrail + name);
        var there = There?.GuardrailIds ?? [];
        var after = Merge(there, [.. _rules.Select(rule => rule.Id)], [.. wanted]);
        // Changes already list the guardrails by name. Their ids mean nothing to people.
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

    // JSON Patch's "add" also replaces an existing field, so it is right for empty fields whether Tavus returns them or not.
    private static JsonPatchOperation Operation(string path, bool there, JsonNode value) =>
        new(there ? "replace" : "add", path, value.DeepClone());

    // The entries at Tavus without those that we set earlier, and the desired ones.
    private static List<string> Merge(IReadOnlyList<string> there, IReadOnlyList<string> before, IReadOnlyList<string> wanted) =>
        [
            .. there
                .Where(item => wanted.Contains(item, StringComparer.Ordinal) || !before.Contains(item, StringComparer.Ordinal))
                .Union(wanted, StringComparer.Ordinal),
        ];

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

    // Only the list of guardrails and the model's layer have placeholders. Other fields hold people's texts and are never searched. A
    // persona without layers gets the model's layer first, so that "/layers" holds no such text either.
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
