namespace Widget.Rag.Fetching;

/// <summary>Normalizes page addresses, so that a page is not read twice under two spellings.</summary>
public static class PageAddress
{
    private static readonly HashSet<string> NoDocument = new(StringComparer.OrdinalIgnoreCase)
    {
        ".7z", ".avi", ".bmp", ".bz2", ".css", ".dmg", ".doc", ".eot", ".exe", ".flac", ".gif", ".gz", ".ico", ".iso", ".jpeg", ".jpg",
        ".js", ".json", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".ogg", ".png", ".ppt", ".rar", ".rss", ".svg", ".tar", ".tgz",
        ".tif", ".tiff", ".ttf", ".wav", ".webm", ".webp", ".woff", ".woff2", ".xls", ".xml", ".xz", ".zip",
    };

    /// <summary>Longest address that is followed, in characters. Longer ones usually carry a session or a token.</summary>
    public const int Longest = 2_000;

    // Parameters that advertisers, mailers and analytics add to track clicks. They do not change the page.
    private static readonly HashSet<string> Tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        "dclid", "fbclid", "gbraid", "gclid", "gclsrc", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "srsltid",
        "ttclid", "twclid", "wbraid", "yclid", "_ga", "_gl", "_hsenc", "_hsmi",
    };

    /// <summary>
    /// Removes the fragment and tracking parameters (utm_source, gclid, …). <see cref="Uri"/> itself lower-cases the host and removes the
    /// default port.
    /// </summary>
    public static Uri Normalize(Uri address)
    {
        var plain = new Uri(address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        if (plain.Query.Length == 0) return plain;
        var parameters = plain.Query[1..].Split('&');
        var kept = Array.FindAll(parameters, parameter => !Tracks(parameter.Split('=')[0]));
        return kept.Length == parameters.Length ? plain : new UriBuilder(plain) { Query = string.Join('&', kept) }.Uri;
    }

    private static bool Tracks(string parameter) =>
        parameter.StartsWith("utm_", StringComparison.OrdinalIgnoreCase) || Tracking.Contains(parameter);

    /// <summary>
    /// Whether a link stays on the site: same host (with or without "www."), same port, a file type that can be read by its name, and no
    /// longer than <see cref="Longest"/>.
    /// </summary>
    public static bool BelongsTo(Uri start, Uri link) =>
        link.AbsoluteUri.Length <= Longest
        && IsSameSite(start, link)
        && !NoDocument.Contains(Path.GetExtension(link.AbsolutePath));

    /// <summary>Whether two addresses have the same host (with or without "www.") and port.</summary>
    public static bool IsSameSite(Uri one, Uri other) => string.Equals(Site(one), Site(other), StringComparison.OrdinalIgnoreCase);

    private static string Site(Uri address) =>
        address.Authority.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? address.Authority[4..] : address.Authority;
}
