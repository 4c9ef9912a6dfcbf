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

/// <summary>What a call's events add up to. Their order and repetitions do not matter.</summary>
public sealed record TavusCallSummary
{
    // The widget sends this text after a tool call without an id (Widget.Embed, src/video/tools.ts). The visitor did not say it.
    private const string GoOn = "(The answer to your lookup is now in your context. Go on with it.)";

    private const int LongestLine = 8_000;
    private const int MostLines = 2_000;
    private const int LongestWords = 500;
    private const int LongestPerception = 20_000;

    public bool Joined { get; private init; }

    public bool ShutDown { get; private init; }

    /// <summary>The reason in Tavus's words; null when missing.</summary>
    public string? ShutdownReason { get; private init; }

    public DateTimeOffset? ShutDownAt { get; private init; }

    /// <summary>Null until the transcript is ready; empty when nothing was said.</summary>
    public IReadOnlyList<TranscriptLine>? Transcript { get; private init; }

    /// <summary>JSON: where the recording is stored.</summary>
    public string? Recording { get; private init; }

    public string? Perception { get; private init; }

    public static TavusCallSummary Of(IEnumerable<TavusCallEvent> events)
    {
        var report = new TavusCallSummary();
        foreach (var entry in events)
        {
            report = entry.Type switch
            {
                "system.replica_joined" => report with { Joined = true },
                "system.shutdown" => report with
                {
                    ShutDown = true,
                    ShutdownReason = Text(entry.Properties, "shutdown_reason", LongestWords)
                        ?? Text(entry.Properties, "reason", LongestWords)
                        ?? report.ShutdownReason,
                    ShutDownAt = entry.At ?? report.ShutDownAt,
                },
                "application.transcription_ready" => report with { Transcript = Lines(entry.Properties) ?? report.Transcript },
                "application.recording_ready" when entry.Properties.ValueKind == JsonValueKind.Object =>
                    report with { Recording = StorableJson.Of(entry.Properties) },
                "application.perception_analysis" =>
                    report with { Perception = Text(entry.Properties, "analysis", LongestPerception) ?? report.Perception },
                _ => report,
            };
        }

        return report;
    }

    // The transcript also contains the system prompt and tool messages, so read the speaking roles only.
    private static List<TranscriptLine>? Lines(JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object) return null;
        if (!properties.TryGetProperty("transcript", out var list) || list.ValueKind != JsonValueKind.Array) return null;
        var lines = new List<TranscriptLine>();
        foreach (var entry in list.EnumerateArray().Take(MostLines))
        {
            var role = Text(entry, "role", 20);
            if (role is not ("user" or "assistant" or "replica" or "pal")) continue;
            if (Text(entry, "content", LongestLine) is not { } text || text == GoOn) continue;
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

    private static string? Text(JsonElement entry, string name, int longest) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && Whole(value)?.Replace('\0', ' ').Trim() is { Length: > 0 } text
            ? Truncation.Truncate(text, longest)
            : null;

    // JSON can contain half a surrogate pair, which GetString rejects.
    private static string? Whole(JsonElement value)
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
