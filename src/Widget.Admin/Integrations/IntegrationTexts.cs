namespace Widget.Admin.Integrations;

/// <summary>Names the texts of the page about outside services (IntegrationTexts.resx).</summary>
public sealed class IntegrationTexts;
