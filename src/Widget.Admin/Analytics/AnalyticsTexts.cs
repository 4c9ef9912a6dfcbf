namespace Widget.Admin.Analytics;

/// <summary>Names the texts of the pages about analytics.</summary>
public sealed class AnalyticsTexts;
