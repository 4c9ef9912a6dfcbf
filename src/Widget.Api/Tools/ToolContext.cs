using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Tools;

/// <summary>The caller and circumstances of a tool call.</summary>
public sealed record ToolContext
{
    public required TenantInfo Tenant { get; init; }

    public required TenantSettings Settings { get; init; }

    /// <summary>
    /// The id of the call. It is the same when a call is sent again, so tools can use it as an idempotency key in other systems.
    /// </summary>
    public required string CallId { get; init; }

    public ToolCallMode Mode { get; init; }

    /// <summary>The way in which the call arrived, for the audit: one of <see cref="ToolChannels"/>.</summary>
    public string Channel { get; init; } = ToolChannels.Program;

    /// <summary>The conversation in which the tool was called; null for none.</summary>
    public ConversationId? Conversation { get; init; }

    public VisitorId? Visitor { get; init; }

    /// <summary>The language spoken with the visitor, such as <c>de</c>; null when unknown.</summary>
    public string? Locale { get; init; }

    /// <summary>Number of the first passage. Several calls of one answer number their passages consecutively.</summary>
    public int FirstNumber { get; init; } = 1;

    /// <summary>Whether the conversation shows the passages of a search. An answer in text cites them itself.</summary>
    public bool ShowsSources { get; init; } = true;
}

/// <summary>The ways in which calls arrive.</summary>
public static class ToolChannels
{
    /// <summary>A model that writes an answer.</summary>
    public const string Text = "text";

    public const string Voice = "voice";

    public const string Video = "video";

    /// <summary>A completion of the OpenAI-compatible endpoint.</summary>
    public const string Completion = "completion";

    /// <summary>A client of the tenant's MCP server.</summary>
    public const string Mcp = "mcp";

    /// <summary>A tenant's program, or a page outside of a call.</summary>
    public const string Program = "program";
}

/// <summary>The origin of a call, which determines what it may do.</summary>
public enum ToolCallMode
{
    /// <summary>From a conversation or from a program of the tenant. Any tool may run; the call is recorded and runs once.</summary>
    Conversation,

    /// <summary>
    /// From a visitor's page outside of a call, or from a voice call in which only the page reports the model's call. Tools with effects
    /// are refused.
    /// </summary>
    Unconfirmed,

    /// <summary>
    /// From a completion request. Some callers send one speculatively while the visitor is still speaking. Tools with effects are refused,
    /// and nothing is recorded.
    /// </summary>
    Completion,
}
