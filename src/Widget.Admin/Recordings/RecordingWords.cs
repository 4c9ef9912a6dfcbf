using System.Globalization;
using Widget.Contracts;

namespace Widget.Admin.Recordings;

/// <summary>How recordings are described.</summary>
internal static class RecordingWords
{
    /// <summary>Whether its state or transcript will still change by itself.</summary>
    public static bool IsInProgress(CallRecording recording) =>
        recording.State is RecordingState.WaitingForConsent or RecordingState.Recording or RecordingState.Paused
        || recording is { State: RecordingState.Finished, Seconds: null }
        || recording.TranscriptState == TranscriptState.Pending;

    /// <summary>Whether its file is complete.</summary>
    public static bool IsPlayable(CallRecording recording) =>
        recording is { State: RecordingState.Finished, Url: not null, Seconds: not null };

    /// <summary>Key of the text that says why there is no transcript.</summary>
    public static string WithoutTranscript(CallRecording recording) => (recording.State, recording.TranscriptState) switch
    {
        (RecordingState.Finished, TranscriptState.None) => "transcriptText.None",
        (RecordingState.Failed, _) => "state.Failed",
        (_, TranscriptState.None) => "transcriptText.Later",
        _ => $"transcriptText.{recording.TranscriptState}",
    };

    /// <summary>Key of the state's text.</summary>
    public static string State(CallRecording recording) => (recording.State, recording.FinishReason) switch
    {
        (RecordingState.Finished, "interrupted") => "state.interrupted",
        (RecordingState.Failed, "declined") => "state.declined",
        _ => $"state.{recording.State}",
    };

    public static string Tone(RecordingState state) => state switch
    {
        RecordingState.Finished => "good",
        RecordingState.Failed => "bad",
        RecordingState.Recording => "accent",
        _ => "warn",
    };
}

/// <summary>Lengths and sizes as people read them.</summary>
internal static class Lengths
{
    private const double PerMegabyte = 1_000_000;

    /// <summary>Such as 4:05 or 1:02:03.</summary>
    /// <param name="seconds">The length, or the time from the start.</param>
    public static string Of(double seconds) =>
        TimeSpan.FromSeconds(seconds).ToString(seconds >= 3600 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>The length of a recording; a dash if it is not known.</summary>
    public static string OfWhole(CallRecording recording) => recording.Seconds is > 0 and var seconds ? Of(seconds) : "–";

    public static string Megabytes(long bytes) => $"{(bytes / PerMegabyte).ToString("N1", CultureInfo.CurrentCulture)} MB";
}
