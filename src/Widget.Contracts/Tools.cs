using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>The tools that an assistant can use.</summary>
/// <param name="Tools">The tools, ordered by name.</param>
public sealed record ToolList(IReadOnlyList<ToolDescription> Tools);

/// <summary>A tool.</summary>
/// <param name="Name">Name of the tool, as in the <c>tools</c> setting.</param>
/// <param name="Description">Description for the models.</param>
/// <param name="Parameters">JSON Schema of the arguments.</param>
/// <param name="HasEffects">Whether it changes something. Such tools are offered only where their effects are intended.</param>
/// <param name="IsOn">Whether the tenant's assistant may use it.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record ToolDescription(
    string Name,
    string Description,
    JsonElement Parameters,
    bool HasEffects,
    bool IsOn,
    ToolOriginName Origin);

/// <summary>Where a tool comes from.</summary>
[JsonConverter(typeof(StrictEnumConverter<ToolOriginName>))]
public enum ToolOriginName
{
    /// <summary>A part of this installation. The setting <c>tools</c> enables it.</summary>
    [JsonStringEnumMemberName("built_in")]
    BuiltIn,

    /// <summary>The tenant's own server, added with <c>POST /api/tools/http</c>.</summary>
    [JsonStringEnumMemberName("http")]
    Http,

    /// <summary>An MCP server, added with <c>POST /api/tools/mcp</c>.</summary>
    [JsonStringEnumMemberName("mcp")]
    Mcp,
}

/// <summary>How a tool call ended.</summary>
[JsonConverter(typeof(StrictEnumConverter<ToolCallOutcome>))]
public enum ToolCallOutcome
{
    /// <summary>It has not ended, or it was interrupted and its outcome is unknown.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It did not run: the tool is unknown or not allowed here, or the arguments are invalid.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,
}

/// <summary>A tool call of the past.</summary>
public sealed record ToolCallRecord
{
    public required string CallId { get; init; }

    public required string Name { get; init; }

    /// <summary>The model's arguments.</summary>
    public required JsonElement Arguments { get; init; }

    public required ToolCallOutcome Outcome { get; init; }

    /// <summary>What the model was told; null while the call runs.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>How the call arrived: <c>text</c>, <c>voice</c>, <c>video</c>, <c>mcp</c> or <c>program</c>; null if unknown.</summary>
    public string? Channel { get; init; }

    /// <summary>The conversation; null for a call outside of one.</summary>
    public Guid? ConversationId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took; null while it runs.</summary>
    public double? Milliseconds { get; init; }
}

/// <summary>
/// The assistant called one of the tenant's own tools. Arguments and result are not part of the event, because visitors see it.
/// </summary>
public sealed record ToolCalled : ConversationEvent
{
    /// <summary>The tool's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public required bool Success { get; init; }
}

/// <summary>Tool calls, newest first.</summary>
/// <param name="Items">The calls.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next calls; null if there are none.</param>
public sealed record ToolCallPage(IReadOnlyList<ToolCallRecord> Items, string? Next);

/// <summary>Result of registering the tenant's tools at Tavus.</summary>
/// <param name="Created">Names of new tools.</param>
/// <param name="Updated">Names of changed tools.</param>
/// <param name="Removed">Names of tools that are no longer enabled.</param>
/// <param name="Attached">Names of tools newly attached to the persona.</param>
/// <param name="Problems">What failed and why. Register again to continue.</param>
public sealed record ToolSyncReport(
    IReadOnlyList<string> Created,
    IReadOnlyList<string> Updated,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Attached,
    IReadOnlyList<string> Problems);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ModelKeyRequest
{
    /// <summary>What the key is for.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; init; } = "";
}

/// <summary>A key for the OpenAI-compatible endpoint and the MCP server only.</summary>
/// <param name="Id">ID for revoking the key.</param>
/// <param name="Name">What the key is for.</param>
/// <param name="Prefix">The key's first characters.</param>
/// <param name="CreatedAt">When the key was created.</param>
public sealed record ModelKeyInfo(Guid Id, string Name, string Prefix, DateTimeOffset CreatedAt);

/// <summary>A new key.</summary>
/// <param name="Id">ID for revoking the key.</param>
/// <param name="Name">What the key is for.</param>
/// <param name="Key">The key. It is shown only once.</param>
public sealed record CreatedModelKey(Guid Id, string Name, string Key);

/// <summary>Runs a tool for the assistant.</summary>
public sealed record ToolRequest
{
    /// <summary>The tenant's ID or slug. Defaults to the caller's tenant; other tenants are rejected.</summary>
    [StringLength(100)]
    public string? CompanyId { get; init; }

    /// <summary>Name of the tool.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; init; } = "";

    /// <summary>The model's arguments: an object, or a string that contains one as JSON.</summary>
    public JsonElement Arguments { get; init; }

    /// <summary>The model's ID of the tool call. A call with the same ID runs only once.</summary>
    [StringLength(200)]
    [JsonConverter(typeof(IdentifierConverter))]
    public string? ToolCallId { get; init; }

    /// <summary>The video call that the tool call belongs to. Results then appear in its conversation.</summary>
    public Guid? SessionId { get; init; }
}

/// <summary>Result of a tool.</summary>
/// <param name="Success">Whether the tool succeeded.</param>
/// <param name="Result">For the model: what was found or done, or what went wrong.</param>
public sealed record ToolResponse(bool Success, JsonElement Result);
