namespace Widget.Admin.Recordings;

/// <summary>Names the texts about recordings of calls (RecordingTexts.resx).</summary>
public sealed class RecordingTexts;
