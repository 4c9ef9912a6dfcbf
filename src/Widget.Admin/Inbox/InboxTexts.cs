namespace Widget.Admin.Inbox;

/// <summary>Names the texts of the inbox (InboxTexts.resx).</summary>
public sealed class InboxTexts;
