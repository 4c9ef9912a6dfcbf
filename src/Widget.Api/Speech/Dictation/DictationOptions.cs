using Widget.Api.Media;

namespace Widget.Api.Speech.Dictation;

/// <summary>Who writes down what visitors dictate: the installation's transcription model (WIDGET_TRANSCRIPTION_…).</summary>
/// <param name="Model">Where it is; none when its endpoint is null.</param>
public sealed record DictationOptions(MediaModelOptions Model)
{
    /// <summary>Longest wait for what was said.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
