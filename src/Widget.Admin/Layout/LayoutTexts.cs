namespace Widget.Admin.Layout;

/// <summary>Names the texts of the navigation and the frame around all pages (LayoutTexts.resx).</summary>
public sealed class LayoutTexts;
