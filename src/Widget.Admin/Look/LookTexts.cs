namespace Widget.Admin.Look;

/// <summary>Names the texts of the pages about the widget (LookTexts.resx).</summary>
public sealed class LookTexts;
