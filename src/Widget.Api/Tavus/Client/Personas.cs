using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Widget.Api.Tavus.Client;

/// <summary>A persona to be made: who the avatar is. Tools are attached to it afterwards; guardrails by their ids.</summary>
public sealed record CreatePersona
{
    public string? PersonaName { get; init; }

    /// <summary>Needed unless <see cref="PipelineMode"/> is echo.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Deprecated: part of <see cref="SystemPrompt"/>.</summary>
    public string? Context { get; init; }

    /// <summary>full or echo.</summary>
    public string? PipelineMode { get; init; }

    /// <summary>Needed by accounts that know personas as PALs.</summary>
    public string? DefaultReplicaId { get; init; }

    public IReadOnlyList<string>? DocumentIds { get; init; }

    public IReadOnlyList<string>? DocumentTags { get; init; }

    public string? ObjectivesId { get; init; }

    /// <summary>A set of guardrails of the old kind.</summary>
    public string? GuardrailsId { get; init; }

    public IReadOnlyList<string>? GuardrailIds { get; init; }

    public IReadOnlyList<string>? GuardrailTags { get; init; }

    /// <summary>Only Tavus's MCP reference knows it.</summary>
    public string? Greeting { get; init; }

    public PersonaLayers? Layers { get; init; }
}

/// <summary>An operation of a JSON Patch (RFC 6902), in the names of <see cref="CreatePersona"/>.</summary>
/// <param name="Op">add, remove, replace, move, copy or test.</param>
/// <param name="Path">A JSON Pointer, as <c>/layers/llm/model</c>.</param>
/// <param name="Value">For add, replace and test.</param>
/// <param name="From">For move and copy.</param>
public sealed record JsonPatchOperation(string Op, string Path, JsonNode? Value = null, string? From = null)
{
    internal JsonObject Write(TavusFamily family)
    {
        var operation = new JsonObject { ["op"] = Op, ["path"] = TavusNames.Pointer(Path, family) };
        // A value of null is a value: add and replace may set one.
        if (Op is "add" or "replace" or "test") operation["value"] = Value?.DeepClone();
        if (From is not null) operation["from"] = TavusNames.Pointer(From, family);
        return operation;
    }
}

/// <summary>What came of a change.</summary>
/// <param name="Changed">False when everything was so already.</param>
/// <param name="NeedsPublishing">It went to a draft: calls see it when that is published.</param>
public sealed record PersonaChange(bool Changed, bool NeedsPublishing);

/// <summary>A persona as Tavus tells of it.</summary>
public sealed record TavusPersona
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? SystemPrompt { get; init; }

    public string? PipelineMode { get; init; }

    public string? DefaultReplicaId { get; init; }

    public IReadOnlyList<string> DocumentIds { get; init; } = [];

    public IReadOnlyList<string> DocumentTags { get; init; } = [];

    public string? ObjectivesId { get; init; }

    public string? GuardrailsId { get; init; }

    public IReadOnlyList<string> GuardrailIds { get; init; } = [];

    public IReadOnlyList<string> GuardrailTags { get; init; } = [];

    public string? Greeting { get; init; }

    /// <summary>As <see cref="PersonaLayers"/> is written, with secrets masked; undefined when there are none.</summary>
    [JsonIgnore]
    public JsonElement Layers { get; init; }

    /// <summary>user or system.</summary>
    public string? Type { get; init; }

    /// <summary>There is a draft that differs from what calls see.</summary>
    public bool HasUnpublishedChanges { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    internal static TavusPersona Read(TavusObject answer) => new()
    {
        Id = answer.Id("persona_id", "pal_id"),
        Name = answer.Text("persona_name", "pal_name", "name"),
        SystemPrompt = answer.Text("system_prompt"),
        PipelineMode = answer.Text("pipeline_mode"),
        DefaultReplicaId = answer.Text("default_replica_id", "default_face_id"),
        DocumentIds = answer.Texts("document_ids"),
        DocumentTags = answer.Texts("document_tags"),
        ObjectivesId = answer.Text("objectives_id"),
        GuardrailsId = answer.Text("guardrails_id"),
        GuardrailIds = answer.Texts("guardrail_ids"),
        GuardrailTags = answer.Texts("guardrail_tags"),
        Greeting = answer.Text("greeting"),
        Layers = answer.Object("layers") ?? default,
        Type = answer.Text("persona_type", "pal_type"),
        HasUnpublishedChanges = answer.Flag("has_unpublished_changes") ?? false,
        CreatedAt = answer.Time("created_at"),
        UpdatedAt = answer.Time("updated_at"),
    };
}
