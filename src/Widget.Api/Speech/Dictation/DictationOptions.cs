using Widget.Api.Media;

namespace Widget.Api.Speech.Dictation;

/// <summary>The model that transcribes dictations: the installation's transcription model (WIDGET_TRANSCRIPTION_…).</summary>
/// <param name="Model">The model's endpoint; a null endpoint means that there is none.</param>
public sealed record DictationOptions(MediaModelOptions Model)
{
    /// <summary>How long to wait for a transcript.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
