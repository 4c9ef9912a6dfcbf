namespace Widget.Rag.Fetching;

/// <summary>Normalizes page addresses, so that a page is not read twice under two spellings.</summary>
public static class PageAddress
{
    private static readonly HashSet<string> NotAPage = new(StringComparer.OrdinalIgnoreCase)
    {
        ".7z", ".avi", ".bmp", ".bz2", ".css", ".dmg", ".doc", ".eot", ".exe", ".flac", ".gif", ".gz", ".ico", ".iso", ".jpeg", ".jpg",
        ".js", ".json", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".ogg", ".png", ".ppt", ".rar", ".rss", ".svg", ".tar", ".tgz",
        ".tif", ".tiff", ".ttf", ".wav", ".webm", ".webp", ".woff", ".woff2", ".xls", ".xml", ".xz", ".zip",
    };

    /// <summary>Maximum length of an address that is followed, in characters. Longer ones usually carry a session or a token.</summary>
    public const int MaxLength = 2_000;

    // Parameters that advertisers, mailers, analytics and shops add to track clicks. They do not change the page.
    private static readonly HashSet<string> Tracking = new(StringComparer.OrdinalIgnoreCase)
    {
        // Advertisers.
        "dclid", "fbclid", "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc", "igsh", "igshid", "li_fat_id", "msclkid", "rdt_cid",
        "srsltid", "ttclid", "twclid", "wbraid", "yclid", "ysclid", "_openstat",
        // Mailers.
        "ck_subscriber_id", "dm_i", "mc_cid", "mc_eid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash", "oly_anon_id", "oly_enc_id",
        "vero_conv", "vero_id", "_hsenc", "_hsmi", "_ke", "_kx", "__hsfp", "__hssc", "__hstc", "__s", "hsCtaTracking",
        // Analytics.
        "_ga", "_gac", "_gl", "s_cid", "s_kwcid",
        // Shopify: the place of a product in a search, a recommendation or a filtered list.
        "_fid", "_pos", "_psq", "_sid", "_ss", "pr_prod_strat", "pr_rec_id", "pr_rec_pid", "pr_ref_pid", "pr_seq",
    };

    // A site may use "ref" for something else, so only these values of other sites and campaigns are known to be tracking.
    private static readonly HashSet<string> TrackingReferrers = new(StringComparer.OrdinalIgnoreCase)
    {
        "bing", "email", "facebook", "google", "hackernews", "instagram", "linkedin", "newsletter", "pinterest", "producthunt", "reddit",
        "tiktok", "twitter", "whatsapp", "youtube",
    };

    private static readonly HashSet<string> DefaultDocuments = new(StringComparer.OrdinalIgnoreCase)
    {
        "default.asp", "default.aspx", "default.htm", "default.html", "home.htm", "home.html", "index.asp", "index.aspx", "index.cfm",
        "index.htm", "index.html", "index.jsp", "index.php", "index.shtml", "index.xhtml",
    };

    /// <summary>
    /// Removes the fragment and tracking parameters (utm_source, gclid, …), and writes the host in ASCII (RFC 5891). <see cref="Uri"/>
    /// itself lower-cases the host and removes the default port.
    /// </summary>
    public static Uri Normalize(Uri address)
    {
        var plain = new Uri(address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        if (HostOf(plain) != plain.Host) plain = new UriBuilder(plain) { Host = plain.IdnHost }.Uri;
        if (plain.Query.Length == 0) return plain;
        var parameters = plain.Query[1..].Split('&');
        var kept = Array.FindAll(parameters, parameter => !IsTracking(parameter));
        return kept.Length == parameters.Length ? plain : new UriBuilder(plain) { Query = string.Join('&', kept) }.Uri;
    }

    private static bool IsTracking(string parameter)
    {
        var (name, value) = parameter.IndexOf('=', StringComparison.Ordinal) is var end && end >= 0
            ? (parameter[..end], parameter[(end + 1)..])
            : (parameter, "");
        return Tracking.Contains(name)
            || name.StartsWith("utm_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("_ga_", StringComparison.OrdinalIgnoreCase)
            || (name.Equals("ref", StringComparison.OrdinalIgnoreCase) && TrackingReferrers.Contains(value));
    }

    /// <summary>
    /// Whether a link stays on the site: same host (with or without "www."), same port, a file type that can be read by its name, and no
    /// longer than <see cref="MaxLength"/>.
    /// </summary>
    public static bool BelongsTo(Uri start, Uri link) => IsSameSite(start, link) && MayBePage(link);

    /// <summary>Whether an address may lead to a page or a readable document, by its length and file type.</summary>
    public static bool MayBePage(Uri link) =>
        link.AbsoluteUri.Length <= MaxLength && !NotAPage.Contains(Path.GetExtension(link.AbsolutePath));

    /// <summary>
    /// Whether two addresses have the same host (with or without "www.") and port. http and https with their default ports are the same.
    /// </summary>
    public static bool IsSameSite(Uri one, Uri other) => string.Equals(Site(one), Site(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives an address the scheme and host that its site is read with. Addresses of other sites stay as they are.</summary>
    public static Uri OnOriginOf(Uri site, Uri address) =>
        !IsSameSite(site, address) || (site.Scheme == address.Scheme && site.Authority == address.Authority)
            ? address
            : new UriBuilder(address) { Scheme = site.Scheme, Host = HostOf(site), Port = site.IsDefaultPort ? -1 : site.Port }.Uri;

    /// <summary>
    /// The addresses under which servers usually deliver the same page: a folder for its default document, such as <c>/</c> for
    /// <c>/index.html</c>, and the default documents for a folder.
    /// </summary>
    public static IEnumerable<Uri> SameByName(Uri address)
    {
        if (address.Query.Length > 0) return [];
        var name = address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..];
        if (name.Length == 0) return DefaultDocuments.SelectMany(Spellings).Select(document => new Uri(address, document));
        return DefaultDocuments.Contains(name) ? [new Uri(address, "./")] : [];
    }

    // Paths are case-sensitive, and ASP.NET writes "Default.aspx".
    private static string[] Spellings(string name) => [name, char.ToUpperInvariant(name[0]) + name[1..]];

    private static string Site(Uri address)
    {
        var host = HostOf(address);
        if (host.StartsWith("www.", StringComparison.OrdinalIgnoreCase)) host = host[4..];
        return address.IsDefaultPort ? host : $"{host}:{address.Port}";
    }

    // In ASCII: sites and their servers write international names in both forms. IdnHost has IPv6 addresses without brackets.
    private static string HostOf(Uri address) => address.HostNameType == UriHostNameType.Dns ? address.IdnHost : address.Host;
}
