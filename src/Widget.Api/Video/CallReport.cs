using System.Globalization;
using System.Text.Json;
using Widget.Platform.Database;
using Widget.Platform.Text;

namespace Widget.Api.Video;

/// <summary>Something that Tavus says of a call, by callback or in the list of a verbose read. Both have the same shape.</summary>
/// <param name="Type">As <c>system.shutdown</c>.</param>
/// <param name="At">When, by Tavus's clock; null when it does not say.</param>
/// <param name="Properties">An object; what is in it depends on the type.</param>
public sealed record CallEvent(string Type, DateTimeOffset? At, JsonElement Properties)
{
    /// <summary>Null when it has no type.</summary>
    public static CallEvent? Read(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("event_type", out var type) || type.ValueKind != JsonValueKind.String) return null;
        DateTimeOffset? at = entry.TryGetProperty("timestamp", out var time) && time.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;
        return new CallEvent(type.GetString()!, at, entry.TryGetProperty("properties", out var properties) ? properties : default);
    }
}

/// <param name="IsVisitor">The visitor said it; otherwise the avatar.</param>
/// <param name="Text">What was said.</param>
/// <param name="After">How long after the beginning; null when it is not told.</param>
public sealed record TranscriptLine(bool IsVisitor, string Text, TimeSpan? After);

/// <summary>What a call's events amount to, in whatever order and however often they came.</summary>
public sealed record CallReport
{
    // What the widget says for the visitor after a lookup of a tool without an id (Widget.Embed, src/video/tools.ts). Nobody spoke it.
    private const string GoOn = "(The answer to your lookup is now in your context. Go on with it.)";

    private const int LongestLine = 8_000;
    private const int MostLines = 2_000;
    private const int LongestWords = 500;
    private const int LongestPerception = 20_000;

    public bool Joined { get; private init; }

    public bool ShutDown { get; private init; }

    /// <summary>Tavus's own words; null when it gives none.</summary>
    public string? ShutdownReason { get; private init; }

    public DateTimeOffset? ShutDownAt { get; private init; }

    /// <summary>Null until it is ready; empty when nobody spoke.</summary>
    public IReadOnlyList<TranscriptLine>? Transcript { get; private init; }

    /// <summary>JSON: where the recording is.</summary>
    public string? Recording { get; private init; }

    public string? Perception { get; private init; }

    public static CallReport Of(IEnumerable<CallEvent> events)
    {
        var report = new CallReport();
        foreach (var entry in events)
        {
            report = entry.Type switch
            {
                "system.replica_joined" => report with { Joined = true },
                "system.shutdown" => report with
                {
                    ShutDown = true,
                    ShutdownReason = Text(entry.Properties, "shutdown_reason", LongestWords) ?? Text(entry.Properties, "reason", LongestWords) ?? report.ShutdownReason,
                    ShutDownAt = entry.At ?? report.ShutDownAt,
                },
                "application.transcription_ready" => report with { Transcript = Lines(entry.Properties) ?? report.Transcript },
                "application.recording_ready" when entry.Properties.ValueKind == JsonValueKind.Object => report with { Recording = StorableJson.Of(entry.Properties) },
                "application.perception_analysis" => report with { Perception = Text(entry.Properties, "analysis", LongestPerception) ?? report.Perception },
                _ => report,
            };
        }

        return report;
    }

    // Roles that speak: the prompt and the tools are in there, too, and are nobody's words.
    private static List<TranscriptLine>? Lines(JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty("transcript", out var list) || list.ValueKind != JsonValueKind.Array) return null;
        var lines = new List<TranscriptLine>();
        foreach (var entry in list.EnumerateArray().Take(MostLines))
        {
            var role = Text(entry, "role", 20);
            if (role is not ("user" or "assistant" or "replica" or "pal") || Text(entry, "content", LongestLine) is not { } text || text == GoOn) continue;
            TimeSpan? after = entry.TryGetProperty("seconds_from_start", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.GetDouble() is >= 0 and < 86_400 and var start
                ? TimeSpan.FromSeconds(start)
                : null;
            lines.Add(new TranscriptLine(role == "user", text, after));
        }

        return lines;
    }

    private static string? Text(JsonElement entry, string name, int longest) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && Whole(value)?.Replace('\0', ' ').Trim() is { Length: > 0 } text
            ? Truncation.Truncate(text, longest)
            : null;

    // JSON can write half a surrogate pair, which a string cannot hold.
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
