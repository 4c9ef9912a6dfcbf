namespace Widget.Admin.Usage;

/// <summary>Names the texts of the page about usage.</summary>
public sealed class UsageTexts;
