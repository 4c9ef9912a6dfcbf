using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Widget.Api.Tavus.Client;

/// <summary>A request to create a persona, which defines who the avatar is. Guardrails are given by id; tools are attached later.</summary>
public sealed record CreatePersona
{
    public string? PersonaName { get; init; }

    /// <summary>Required unless <see cref="PipelineMode"/> is echo.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Deprecated; write it into <see cref="SystemPrompt"/>.</summary>
    public string? Context { get; init; }

    /// <summary>full or echo.</summary>
    public string? PipelineMode { get; init; }

    /// <summary>Required by accounts whose API uses the name PAL for a persona.</summary>
    public string? DefaultReplicaId { get; init; }

    public IReadOnlyList<string>? DocumentIds { get; init; }

    public IReadOnlyList<string>? DocumentTags { get; init; }

    public string? ObjectivesId { get; init; }

    /// <summary>A set of guardrails, which is the older format.</summary>
    public string? GuardrailsId { get; init; }

    public IReadOnlyList<string>? GuardrailIds { get; init; }

    public IReadOnlyList<string>? GuardrailTags { get; init; }

    /// <summary>Documented only in Tavus's MCP reference.</summary>
    public string? Greeting { get; init; }

    public PersonaLayers? Layers { get; init; }
}

/// <summary>An operation of a JSON Patch (RFC 6902), in the names of <see cref="CreatePersona"/>.</summary>
/// <param name="Op">add, remove, replace, move, copy or test.</param>
/// <param name="Path">A JSON Pointer, for example <c>/layers/llm/model</c>.</param>
/// <param name="Value">For add, replace and test.</param>
/// <param name="From">For move and copy.</param>
public sealed record JsonPatchOperation(string Op, string Path, JsonNode? Value = null, string? From = null)
{
    internal JsonObject Write(TavusFamily family)
    {
        var operation = new JsonObject { ["op"] = Op, ["path"] = TavusNames.Pointer(Path, family) };
        // Null is a valid value for these operations.
        if (Op is "add" or "replace" or "test") operation["value"] = Value?.DeepClone();
        if (From is not null) operation["from"] = TavusNames.Pointer(From, family);
        return operation;
    }
}

/// <summary>The result of a change.</summary>
/// <param name="Changed">False when the persona already had these values.</param>
/// <param name="NeedsPublishing">The change was written to a draft. Calls use it once the draft is published.</param>
public sealed record PersonaChange(bool Changed, bool NeedsPublishing);

/// <summary>A persona in a response of Tavus.</summary>
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

    /// <summary>In the format of <see cref="PersonaLayers"/>, with masked secrets; undefined when there are none.</summary>
    [JsonIgnore]
    public JsonElement Layers { get; init; }

    /// <summary>user or system.</summary>
    public string? Type { get; init; }

    /// <summary>There is a draft that differs from the persona that calls use.</summary>
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
