namespace Widget.Rag.Ingestion.Fetching;

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

    /// <summary>Without fragment; host in lower case and default port left out by <see cref="Uri"/> itself.</summary>
    public static Uri Normalize(Uri address) => new(address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));

    /// <summary>
    /// Whether following a link found on a site stays within it: the same host, with or without "www.", the same port, by its name
    /// something that may be read, and no longer than <see cref="Longest"/>.
    /// </summary>
    public static bool BelongsTo(Uri start, Uri link) =>
        link.AbsoluteUri.Length <= Longest
        && string.Equals(Site(link), Site(start), StringComparison.OrdinalIgnoreCase)
        && !NoDocument.Contains(Path.GetExtension(link.AbsolutePath));

    private static string Site(Uri address) =>
        address.Authority.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? address.Authority[4..] : address.Authority;
}
