namespace Widget.Admin.Meetings;

/// <summary>Names the texts of meetings (MeetingTexts.resx).</summary>
public sealed class MeetingTexts;
