using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Voice;

/// <summary>The configuration of a call, independent of the provider's protocol.</summary>
public sealed record VoicePlan
{
    public required string Instructions { get; init; }

    public string? Voice { get; init; }

    /// <summary>The visitor's language, such as <c>de</c>; null when unknown.</summary>
    public string? Locale { get; init; }

    public required TurnTaking Turns { get; init; }

    public required Eagerness Eagerness { get; init; }

    public required bool FarField { get; init; }

    /// <summary>The model that transcribes what visitors say; null for none.</summary>
    public string? TranscriptionModel { get; init; }

    /// <summary>Names that are likely to be said, as a hint for the transcription.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];

    public required IReadOnlyList<VoiceTool> Tools { get; init; }

    /// <summary>What was said before the call, oldest first.</summary>
    public required IReadOnlyList<VoiceTurn> Thread { get; init; }

    /// <summary>A hash that identifies the visitor to the provider's abuse detection; at most 64 characters.</summary>
    public required string SafetyIdentifier { get; init; }
}

/// <summary>A tool that the model may call.</summary>
public sealed record VoiceTool(string Name, string Description, JsonElement Parameters);

/// <summary>Something that was said before the call.</summary>
public sealed record VoiceTurn(Speaker Speaker, string Text);
