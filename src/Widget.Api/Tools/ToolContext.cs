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

    /// <summary>The conversation in which the tool was called; null for none.</summary>
    public ConversationId? Conversation { get; init; }

    public VisitorId? Visitor { get; init; }

    /// <summary>The language spoken with the visitor, such as <c>de</c>; null when unknown.</summary>
    public string? Locale { get; init; }

    /// <summary>Number of the first passage. Several calls of one answer number their passages consecutively.</summary>
    public int FirstNumber { get; init; } = 1;
}

/// <summary>The origin of a call, which determines what it may do.</summary>
public enum ToolCallMode
{
    /// <summary>From a conversation or from a program of the tenant. Any tool may run; the call is recorded and runs once.</summary>
    Conversation,

    /// <summary>From a voice call in which only the visitor's page reports the model's call. Tools with effects are refused.</summary>
    UnconfirmedVoice,

    /// <summary>
    /// From a completion request. Some callers send one speculatively while the visitor is still speaking. Tools with effects are refused,
    /// and nothing is recorded.
    /// </summary>
    Completion,
}
