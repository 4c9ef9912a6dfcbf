namespace Widget.Admin.Privacy;

/// <summary>Names the texts of the page about privacy (PrivacyTexts.resx).</summary>
public sealed class PrivacyTexts;
