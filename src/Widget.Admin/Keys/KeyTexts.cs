namespace Widget.Admin.Keys;

/// <summary>Names the texts of the page of API keys (KeyTexts.resx).</summary>
public sealed class KeyTexts;
