namespace Widget.Rag.Fetching;

/// <summary>Addresses of pages, written one way, so that a page is not read twice under two spellings.</summary>
public static class PageAddress
{
    private static readonly HashSet<string> NoDocument = new(StringComparer.OrdinalIgnoreCase)
    {
        ".7z", ".avi", ".bmp", ".bz2", ".css", ".dmg", ".doc", ".eot", ".exe", ".flac", ".gif", ".gz", ".ico", ".iso", ".jpeg", ".jpg", ".js",
        ".json", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".ogg", ".png", ".ppt", ".rar", ".rss", ".svg", ".tar", ".tgz", ".tif", ".tiff", ".ttf", ".wav", ".webm",
        ".webp", ".woff", ".woff2", ".xls", ".xml", ".xz", ".zip",
    };

    /// <summary>Longest address that is kept, in characters. Longer ones carry a session or a token, not a page.</summary>
    public const int Longest = 2_000;

    // What advertisers, mailers and analytics add to see where a click came from; no page depends on it.
    private static readonly HashSet<string> Tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        "dclid", "fbclid", "gbraid", "gclid", "gclsrc", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "srsltid", "ttclid", "twclid", "wbraid",
        "yclid", "_ga", "_gl", "_hsenc", "_hsmi",
    };

    /// <summary>
    /// Without fragment and without what only tracks visitors (utm_source, gclid, …); host in lower case and default port left out by
    /// <see cref="Uri"/> itself.
    /// </summary>
    public static Uri Normalize(Uri address)
    {
        var plain = new Uri(address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        if (plain.Query.Length == 0) return plain;
        var parameters = plain.Query[1..].Split('&');
        var kept = Array.FindAll(parameters, parameter => !Tracks(parameter.Split('=')[0]));
        return kept.Length == parameters.Length ? plain : new UriBuilder(plain) { Query = string.Join('&', kept) }.Uri;
    }

    private static bool Tracks(string parameter) => parameter.StartsWith("utm_", StringComparison.OrdinalIgnoreCase) || Tracking.Contains(parameter);

    /// <summary>
    /// Whether following a link found on a site stays within it: the same host, with or without "www.", the same port, by its name
    /// something that may be read, and no longer than <see cref="Longest"/>.
    /// </summary>
    public static bool BelongsTo(Uri start, Uri link) =>
        link.AbsoluteUri.Length <= Longest
        && IsSameSite(start, link)
        && !NoDocument.Contains(Path.GetExtension(link.AbsolutePath));

    /// <summary>Whether two addresses have the same host, with or without "www.", and the same port.</summary>
    public static bool IsSameSite(Uri one, Uri other) => string.Equals(Site(one), Site(other), StringComparison.OrdinalIgnoreCase);

    private static string Site(Uri address) =>
        address.Authority.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? address.Authority[4..] : address.Authority;
}
