using Widget.Api.Conversations;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Tools;

/// <summary>For whom a tool runs.</summary>
public sealed record ToolContext
{
    public required TenantInfo Tenant { get; init; }

    public required TenantSettings Settings { get; init; }

    /// <summary>The same for the same call, however often it is sent. Names what a tool does in other systems.</summary>
    public required string CallId { get; init; }

    public ToolCallMode Mode { get; init; }

    /// <summary>The conversation in which the tool was called; null when the call belongs to none.</summary>
    public ConversationId? Conversation { get; init; }

    public VisitorId? Visitor { get; init; }

    /// <summary>The language spoken with the visitor, such as <c>de</c>; null when it is not known.</summary>
    public string? Locale { get; init; }

    /// <summary>Number of the first passage, so that passages found by several calls can be cited side by side.</summary>
    public int FirstNumber { get; init; } = 1;
}

/// <summary>Where a call comes from, which decides what it may do.</summary>
public enum ToolCallMode
{
    /// <summary>From a conversation or from a program of the tenant. Any tool may run; the call is recorded and runs once.</summary>
    Conversation,

    /// <summary>From a voice call in which only the visitor's page reports the model's call. Tools with effects are refused.</summary>
    UnconfirmedVoice,

    /// <summary>
    /// From a completion request, which may be one of several guesses at what the visitor is about to say. Tools with effects are
    /// refused, and nothing is recorded.
    /// </summary>
    Completion,
}
