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
/// <param name="Existing">The guardrail at Tavus; null when it does not exist yet.</param>
public sealed record GuardrailStep(string Name, string? Prompt, TavusGuardrailRule? Existing);

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
        TavusPersona? existing,
        AppliedPersona applied,
        IReadOnlyList<TavusGuardrailRule> rules,
        string guardrailPrefix)
    {
        (Desired, Existing, Applied, _prefix) = (desired, existing, applied, guardrailPrefix);
        _rules = [.. rules.Where(rule => rule.Name?.StartsWith(_prefix, StringComparison.Ordinal) == true)];
        Guardrails = [.. PlanGuardrails()];
        Set("agentName", "/persona_name", existing?.Name, desired.Name);
        Set("agentInstructions", "/system_prompt", existing?.SystemPrompt, desired.SystemPrompt);
        Set("mode", "/pipeline_mode", existing?.PipelineMode, "full");
        if (desired.ReplicaId is { } replica) Set("tavusReplicaId", "/default_replica_id", existing?.DefaultReplicaId, replica);
        SetList(
            "tavusDocumentIds",
            "/document_ids",
            existing?.DocumentIds ?? [],
            Merge(existing?.DocumentIds ?? [], applied.DocumentIds, desired.DocumentIds));
        SetList(
            "tavusDocumentTags",
            "/document_tags",
            existing?.DocumentTags ?? [],
            Merge(existing?.DocumentTags ?? [], applied.DocumentTags, desired.DocumentTags));
        SetModel();
        SetLayers();
        SetGuardrails();
    }

    public DesiredPersona Desired { get; }

    /// <summary>The persona at Tavus; null when it must be created.</summary>
    public TavusPersona? Existing { get; }

    public AppliedPersona Applied { get; }

    public IReadOnlyList<GuardrailStep> Guardrails { get; }

    /// <summary>Whether a key for our model must be created, because the persona has none that we know.</summary>
    public bool NeedsModelKey { get; private set; }

    public IReadOnlyList<TavusPersonaDifference> Changes => _changes;

    public static PersonaPlan Of(
        DesiredPersona desired,
        TavusPersona? existing,
        AppliedPersona applied,
        IReadOnlyList<TavusGuardrailRule> rules,
        string guardrailPrefix) =>
        new(desired, existing, applied, rules, guardrailPrefix);

    /// <summary>Adds a change outside of the persona itself.</summary>
    public void Add(string path, IEnumerable<string> before, IEnumerable<string> after)
    {
        var (old, desired) = (before.Order(StringComparer.Ordinal).ToList(), after.Order(StringComparer.Ordinal).ToList());
        if (!old.SequenceEqual(desired, StringComparer.Ordinal)) _changes.Add(new(path, ToArray(old), ToArray(desired)));
    }

    /// <summary>The patch to send.</summary>
    /// <param name="guardrailIds">Ids of guardrails that have been created, by name.</param>
    /// <param name="modelKey">The key that Tavus sends to our model.</param>
    public IReadOnlyList<JsonPatchOperation> Patch(IReadOnlyDictionary<string, string> guardrailIds, string? modelKey) =>
        [.. _patch.Select(operation => operation with { Value = FillPlaceholders(operation, guardrailIds, modelKey) })];

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
            Layers = LayerField.ToLayers(Desired.Layers, new LlmLayer
            {
                BaseUrl = Desired.ModelAddress?.AbsoluteUri,
                Model = Desired.ModelAddress is null ? null : ModelName,
                ApiKey = modelKey,
                SpeculativeInference = true,
            }),
        };
    }

    /// <summary>The fields that are set when the plan is carried out.</summary>
    /// <param name="newKey">The key that was created; null when the persona keeps its key.</param>
    public AppliedPersona ToApplied(Guid? newKey) => new()
    {
        DocumentIds = Desired.DocumentIds,
        DocumentTags = Desired.DocumentTags,
        ModelAddress = Desired.ModelAddress?.AbsoluteUri,
        Layers = [.. Desired.Layers.Select(field => field.Path)],
        ModelKeyId = Desired.ModelAddress is null ? null : newKey ?? Applied.ModelKeyId,
    };

    /// <summary>The patch for a preview: without secrets, and with names in place of ids that do not exist yet.</summary>
    public JsonArray ToPreviewPatch() => JsonSerializer.SerializeToNode(
        _patch.Select(operation => new { op = operation.Op, path = operation.Path, value = operation.Value }).ToArray())!.AsArray();

    /// <summary>Changes whenever the persona at Tavus or the desired one changes.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        there = Existing,
        layers = Existing is { Layers.ValueKind: JsonValueKind.Object } ? Existing.Layers.GetRawText() : null,
        changes = _changes,
        patch = ToPreviewPatch(),
        guardrails = Guardrails.Select(step => new { step.Name, step.Prompt, step.Existing?.Id, before = step.Existing?.Prompt }),
    }))))[..32];

    private IEnumerable<GuardrailStep> PlanGuardrails()
    {
        foreach (var (name, prompt) in Desired.Guardrails)
        {
            var existing = _rules.Find(rule => rule.Name == name);
            if (existing?.Prompt == prompt) continue;
            _changes.Add(new($"tavusGuardrails.{name[_prefix.Length..]}", existing?.Prompt, prompt));
            yield return new GuardrailStep(name, prompt, existing);
        }

        foreach (var rule in _rules.Where(rule => !Desired.Guardrails.ContainsKey(rule.Name!)))
        {
            _changes.Add(new($"tavusGuardrails.{rule.Name![_prefix.Length..]}", rule.Prompt, null));
            yield return new GuardrailStep(rule.Name, Prompt: null, rule);
        }
    }

    private void SetGuardrails()
    {
        var desired = Desired.Guardrails.Keys.Select(name => _rules.Find(rule => rule.Name == name)?.Id ?? NewGuardrail + name);
        var before = Existing?.GuardrailIds ?? [];
        var after = Merge(before, [.. _rules.Select(rule => rule.Id)], [.. desired]);
        // Changes already list the guardrails by name. Their ids mean nothing to people.
        if (!after.SequenceEqual(before, StringComparer.Ordinal)) _patch.Add(Operation("/guardrail_ids", before.Count > 0, ToArray(after)));
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
        _changes.Add(new(setting, ToArray(before), ToArray(after)));
        _patch.Add(Operation(path, before.Count > 0, ToArray(after)));
    }

    // JSON Patch's "add" also replaces an existing field, so it is right for empty fields whether Tavus returns them or not.
    private static JsonPatchOperation Operation(string path, bool exists, JsonNode value) =>
        new(exists ? "replace" : "add", path, value.DeepClone());

    // The entries at Tavus, without those that we set earlier and no longer want, and the desired entries.
    private static List<string> Merge(IReadOnlyList<string> current, IReadOnlyList<string> applied, IReadOnlyList<string> desired) =>
        [
            .. current
                .Where(item => desired.Contains(item, StringComparer.Ordinal) || !applied.Contains(item, StringComparer.Ordinal))
                .Union(desired, StringComparer.Ordinal),
        ];

    private static JsonArray ToArray(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

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

    // Only the list of guardrails and the model's layer have placeholders. Other fields contain people's texts, which may look like a
    // placeholder, so they are not searched. An operation on "/layers" contains only the model's layer.
    private static JsonNode? FillPlaceholders(
        JsonPatchOperation operation,
        IReadOnlyDictionary<string, string> guardrailIds,
        string? modelKey)
    {
        if (operation.Path == "/guardrail_ids")
            return ToArray(operation.Value!.AsArray().Select(id => GuardrailId(id!.GetValue<string>())));
        return operation.Path == "/layers" || operation.Path.StartsWith("/layers/llm", StringComparison.Ordinal)
            ? WithModelKey(operation.Value)
            : operation.Value?.DeepClone();

        string GuardrailId(string id) =>
            id.StartsWith(NewGuardrail, StringComparison.Ordinal) ? guardrailIds[id[NewGuardrail.Length..]] : id;

        JsonNode? WithModelKey(JsonNode? value) => value switch
        {
            JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, WithModelKey(field.Value)))),
            JsonValue text when text.TryGetValue<string>(out var content) && content == Masked => JsonValue.Create(modelKey),
            _ => value?.DeepClone(),
        };
    }
}
