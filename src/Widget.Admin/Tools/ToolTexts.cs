namespace Widget.Admin.Tools;

/// <summary>Names the texts of the page about tools (ToolTexts.resx).</summary>
public sealed class ToolTexts;
