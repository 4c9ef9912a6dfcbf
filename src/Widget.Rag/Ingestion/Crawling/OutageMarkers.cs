namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Phrases of maintenance pages and bot checks. They are only a hint, because a page may be about these things; no page is rejected for
/// them alone.
/// </summary>
internal static class OutageMarkers
{
    private static readonly string[][] Phrases =
    [
        .. new[]
        {
            "just a moment", "checking your browser", "verify you are human", "verifying you are human", "are you a robot",
            "enable javascript and cookies to continue", "please complete the security check", "ddos protection by", "access denied",
            "under maintenance", "scheduled maintenance", "maintenance mode", "down for maintenance", "be right back", "be back soon",
            "temporarily unavailable", "wartungsarbeiten", "wartungsmodus", "in kürze wieder", "vorübergehend nicht erreichbar",
            "sitio en mantenimiento", "en mantenimiento", "en maintenance", "in manutenzione",
        }.Select(phrase => phrase.Split(' ')),
    ];

    public static bool AreIn(PageText text) => Array.Exists(Phrases, text.ContainsPhrase);
}
