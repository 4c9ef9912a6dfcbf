namespace Widget.Admin.Parts;

/// <summary>Names the texts that several pages use (CommonTexts.resx).</summary>
public sealed class CommonTexts;
