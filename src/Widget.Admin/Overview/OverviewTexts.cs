namespace Widget.Admin.Overview;

/// <summary>Names the texts of the overview (OverviewTexts.resx).</summary>
public sealed class OverviewTexts;
