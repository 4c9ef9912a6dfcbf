using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Tools;

/// <summary>How a tool call ended.</summary>
public enum ToolStatus
{
    /// <summary>The tool succeeded.</summary>
    Done,

    /// <summary>The tool failed.</summary>
    Failed,

    /// <summary>The tenant has no such tool, has not enabled it, or it may not run in this mode.</summary>
    Unknown,

    /// <summary>The arguments are invalid.</summary>
    BadArguments,

    /// <summary>The call's id was already used for another call.</summary>
    Conflict,

    /// <summary>The same call is still running, or it was interrupted and its outcome is unknown.</summary>
    Unfinished,
}

/// <summary>The result of a tool call.</summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Value">For the model: what was found or done, or <c>{"error": message}</c>.</param>
public sealed record ToolResult(ToolStatus Status, JsonElement Value)
{
    /// <summary>
    /// Events for the conversation's log, if the call belongs to a conversation. They get their client ids when they are appended.
    /// </summary>
    public IReadOnlyList<ConversationEvent> Events { get; init; } = [];

    public bool Success => Status == ToolStatus.Done;

    /// <summary>The error message, as written for the model.</summary>
    public string ErrorMessage => Value.ValueKind == JsonValueKind.Object
        && Value.TryGetProperty("error", out var error)
        && error.ValueKind == JsonValueKind.String
            ? error.GetString()!
            : "The tool failed.";

    /// <summary>A success.</summary>
    public static ToolResult Of(object value) => new(ToolStatus.Done, ToolJson.Element(value));

    /// <summary>A failure.</summary>
    /// <param name="message">What went wrong and what to do about it, written for a model.</param>
    public static ToolResult Failed(string message) => Refused(ToolStatus.Failed, message);

    /// <summary>A failure after which the model can do something else.</summary>
    /// <param name="message">What went wrong and what to do about it, written for a model.</param>
    /// <param name="details">Further properties of the result, such as what is possible instead.</param>
    public static ToolResult Failed(string message, object details)
    {
        var value = new JsonObject { ["error"] = message };
        foreach (var detail in ToolJson.Element(details).EnumerateObject()) value[detail.Name] = JsonNode.Parse(detail.Value.GetRawText());
        return new(ToolStatus.Failed, ToolJson.Element(value));
    }

    internal static ToolResult Refused(ToolStatus status, string message) => new(status, ToolJson.Element(new { error = message }));
}
