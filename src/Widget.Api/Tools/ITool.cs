using System.Text.Json;
using System.Text.RegularExpressions;
using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Tools;

/// <summary>
/// Something that the assistant can do besides talking. Registered as a singleton service, it is known to every model that speaks for a
/// tenant: in a call at Tavus, behind the OpenAI-compatible endpoint, and wherever else tools are offered.
/// </summary>
public interface ITool
{
    /// <summary>As <see cref="ToolName.Pattern"/> has it; tenants switch it on by this name.</summary>
    string Name { get; }

    /// <summary>Tells a model what it is for and when to use it.</summary>
    string Description { get; }

    /// <summary>JSON Schema of its arguments, an object. What of JSON Schema is understood: <see cref="ArgumentSchema"/>.</summary>
    JsonElement Parameters { get; }

    /// <summary>It changes something. Such a tool runs only for words that were really said, and never a second time for the same call.</summary>
    bool HasEffects { get; }

    /// <param name="context">For whom.</param>
    /// <param name="arguments">They fit <see cref="Parameters"/>, and are a model's: nothing else of them is sure.</param>
    /// <param name="ct">Its time is up (<see cref="ToolExecution.Deadline"/>).</param>
    Task<ToolResult> RunAsync(ToolContext context, JsonElement arguments, CancellationToken ct);
}

/// <summary>For whom a tool runs.</summary>
public sealed record ToolContext
{
    public required TenantInfo Tenant { get; init; }

    public required TenantSettings Settings { get; init; }

    /// <summary>The same for the same call, however often it is told; names what a tool does elsewhere.</summary>
    public required string CallId { get; init; }

    /// <summary>The conversation that it was called in; null when there is none of ours.</summary>
    public ConversationId? Conversation { get; init; }

    public VisitorId? Visitor { get; init; }

    /// <summary>The language that is spoken with the visitor, as <c>de</c>; null when that is not known.</summary>
    public string? Locale { get; init; }

    /// <summary>Number of the first passage, so that passages found by several calls can be cited beside one another.</summary>
    public int FirstNumber { get; init; } = 1;
}

/// <summary>What came of running a tool.</summary>
/// <param name="Success">Whether it did what it was asked.</param>
/// <param name="Value">For the model to read.</param>
public sealed record ToolResult(bool Success, JsonElement Value)
{
    /// <summary>What is to stand in the conversation's log, where there is a conversation. Their client ids are given when they are appended.</summary>
    public IReadOnlyList<ConversationEvent> Events { get; init; } = [];

    public static ToolResult Of(object value) => new(true, ToolJson.Element(value));

    /// <param name="words">What was wrong and what to do about it, for a model to read.</param>
    public static ToolResult Failed(string words) => new(false, ToolJson.Element(new { error = words }));
}

/// <summary>JSON as tools write it.</summary>
internal static class ToolJson
{
    // Letters of other scripts as themselves: escaped, they cost a model three times the tokens.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Element(object value) => JsonSerializer.SerializeToElement(value, Options);

    public static string Text(JsonElement value) => JsonSerializer.Serialize(value, Options);
}

/// <summary>How tools are named.</summary>
public static partial class ToolName
{
    [GeneratedRegex("^[a-z_][a-z0-9_]{0,40}$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Pattern();
}
