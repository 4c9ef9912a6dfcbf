using System.Globalization;
using System.Text.Json;
using Widget.Platform.Database;
using Widget.Platform.Text;

namespace Widget.Api.Video;

/// <summary>An event of a call, from a callback or from a verbose read of the conversation. Both have the same shape.</summary>
/// <param name="Type">Such as <c>system.shutdown</c>.</param>
/// <param name="At">The time by Tavus's clock; null when missing.</param>
/// <param name="Properties">An object whose properties depend on the type.</param>
public sealed record TavusCallEvent(string Type, DateTimeOffset? At, JsonElement Properties)
{
    /// <summary>Reads an event; null when it has no type.</summary>
    public static TavusCallEvent? Read(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object) return null;
        if (!entry.TryGetProperty("event_type", out var type) || type.ValueKind != JsonValueKind.String) return null;
        DateTimeOffset? at = entry.TryGetProperty("timestamp", out var time) && time.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
                ? parsed
                : null;
        return new TavusCallEvent(type.GetString()!, at, entry.TryGetProperty("properties", out var properties) ? properties : default);
    }
}

/// <summary>A line of Tavus's transcript.</summary>
/// <param name="IsVisitor">Whether the visitor said it; otherwise the avatar did.</param>
/// <param name="Text">What was said.</param>
/// <param name="After">The time since the beginning of the call; null when missing.</param>
public sealed record TranscriptLine(bool IsVisitor, string Text, TimeSpan? After);

/// <summary>The result of a call's events. Their order does not matter, and an event may be repeated.</summary>
public sealed record TavusCallSummary
{
    // The widget sends this text after a tool call without an id (Widget.Embed, src/video/tools.ts). The visitor did not say it.
    private const string ContinuePrompt = "(The answer to your lookup is now in your context. Go on with it.)";

    private const int MaxLineLength = 8_000;
    private const int MaxLines = 2_000;
    private const int MaxReasonLength = 500;
    private const int MaxPerceptionLength = 20_000;

    /// <summary>Whether the avatar has joined.</summary>
    public bool Joined { get; private init; }

    /// <summary>Whether Tavus reports the end of the call.</summary>
    public bool ShutDown { get; private init; }

    /// <summary>Tavus's reason, as free text; null when missing.</summary>
    public string? ShutdownReason { get; private init; }

    public DateTimeOffset? ShutDownAt { get; private init; }

    /// <summary>Null until the transcript is ready; empty when nothing was said.</summary>
    public IReadOnlyList<TranscriptLine>? Transcript { get; private init; }

    /// <summary>JSON: where the recording is stored.</summary>
    public string? Recording { get; private init; }

    /// <summary>Tavus's description of what the avatar saw.</summary>
    public string? Perception { get; private init; }

    public static TavusCallSummary Of(IEnumerable<TavusCallEvent> events)
    {
        var summary = new TavusCallSummary();
        foreach (var entry in events)
        {
            summary = entry.Type switch
            {
                "system.replica_joined" => summary with { Joined = true },
                "system.shutdown" => summary with
                {
                    ShutDown = true,
                    ShutdownReason = Text(entry.Properties, "shutdown_reason", MaxReasonLength)
                        ?? Text(entry.Properties, "reason", MaxReasonLength)
                        ?? summary.ShutdownReason,
                    ShutDownAt = entry.At ?? summary.ShutDownAt,
                },
                "application.transcription_ready" => summary with { Transcript = Lines(entry.Properties) ?? summary.Transcript },
                "application.recording_ready" when entry.Properties.ValueKind == JsonValueKind.Object =>
                    summary with { Recording = StorableJson.ToText(entry.Properties) },
                "application.perception_analysis" =>
                    summary with { Perception = Text(entry.Properties, "analysis", MaxPerceptionLength) ?? summary.Perception },
                _ => summary,
            };
        }

        return summary;
    }

    // The transcript also contains the system prompt and tool messages, so read the speaking roles only.
    private static List<TranscriptLine>? Lines(JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object) return null;
        if (!properties.TryGetProperty("transcript", out var list) || list.ValueKind != JsonValueKind.Array) return null;
        var lines = new List<TranscriptLine>();
        foreach (var entry in list.EnumerateArray().Take(MaxLines))
        {
            var role = Text(entry, "role", 20);
            if (role is not ("user" or "assistant" or "replica" or "pal")) continue;
            if (Text(entry, "content", MaxLineLength) is not { } text || text == ContinuePrompt) continue;
            lines.Add(new TranscriptLine(role == "user", text, After(entry)));
        }

        return lines;
    }

    private static TimeSpan? After(JsonElement entry) =>
        entry.TryGetProperty("seconds_from_start", out var seconds)
        && seconds.ValueKind == JsonValueKind.Number
        && seconds.GetDouble() is >= 0 and < 86_400 and var start
            ? TimeSpan.FromSeconds(start)
            : null;

    private static string? Text(JsonElement entry, string name, int maxLength) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && StringOrNull(value)?.Replace('\0', ' ').Trim() is { Length: > 0 } text
            ? Truncation.Truncate(text, maxLength)
            : null;

    // JSON can contain half a surrogate pair, which GetString rejects.
    private static string? StringOrNull(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
