namespace Widget.Admin.Webhooks;

/// <summary>Names the texts of the page about webhooks (WebhookTexts.resx).</summary>
public sealed class WebhookTexts;
