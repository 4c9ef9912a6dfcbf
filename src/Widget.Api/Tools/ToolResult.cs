using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tools;

/// <summary>How a tool call ended.</summary>
public enum ToolStatus
{
    /// <summary>The tool ran and did what it was asked.</summary>
    Done,

    /// <summary>The tool ran and could not do it.</summary>
    Failed,

    /// <summary>The tenant has no such tool, has not switched it on, or it may not run in this mode.</summary>
    Unknown,

    BadArguments,

    /// <summary>The call's id was used for another call.</summary>
    Conflict,

    /// <summary>The same call is still running, or it broke off and how far it came is unknown.</summary>
    Unfinished,
}

/// <param name="Status">How the call ended.</param>
/// <param name="Value">For the model to read: what was found or done, or <c>{"error": words}</c>.</param>
public sealed record ToolResult(ToolStatus Status, JsonElement Value)
{
    /// <summary>
    /// Events for the conversation's log, when the call belongs to a conversation. They get their client ids when they are appended.
    /// </summary>
    public IReadOnlyList<ConversationEvent> Events { get; init; } = [];

    public bool Success => Status == ToolStatus.Done;

    /// <summary>What went wrong, for a person.</summary>
    public string Words => Value.ValueKind == JsonValueKind.Object
        && Value.TryGetProperty("error", out var error)
        && error.ValueKind == JsonValueKind.String
            ? error.GetString()!
            : "The tool could not do what it was asked.";

    public static ToolResult Of(object value) => new(ToolStatus.Done, ToolJson.Element(value));

    /// <param name="words">What went wrong and what to do about it, for a model to read.</param>
    public static ToolResult Failed(string words) => Refused(ToolStatus.Failed, words);

    internal static ToolResult Refused(ToolStatus status, string words) => new(status, ToolJson.Element(new { error = words }));
}
