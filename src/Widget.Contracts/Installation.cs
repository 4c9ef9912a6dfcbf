namespace Widget.Contracts;

/// <summary>The web sites on which a tenant's tag was seen lately. Browsers report them, so they are hints and no proof.</summary>
/// <param name="Sites">Newest first.</param>
public sealed record InstallationReport(IReadOnlyList<InstallationSite> Sites);

/// <summary>A web site that has loaded the tag.</summary>
/// <param name="Origin">The site, such as <c>https://www.example.com</c>.</param>
/// <param name="Page">The page on which the chat was last opened, without its query; null if it was not opened yet.</param>
/// <param name="Allowed">Whether the site is one of the tenant's allowed origins. If not, the chat does not open there.</param>
/// <param name="FirstSeenAt">When the tag was first loaded there.</param>
/// <param name="SeenAt">When it was last loaded or its chat was last opened there.</param>
/// <param name="OpenedAt">When its chat was last opened there; null if it was not.</param>
public sealed record InstallationSite(
    string Origin,
    string? Page,
    bool Allowed,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset SeenAt,
    DateTimeOffset? OpenedAt);

/// <summary>What a web site needs to show the widget.</summary>
/// <param name="ScriptUrl">Address of the script that the tag loads.</param>
/// <param name="PageUrl">The company's hosted page with its chat.</param>
/// <param name="Keys">The site keys that are in use, oldest first.</param>
public sealed record SiteKeyList(string ScriptUrl, string PageUrl, IReadOnlyList<SiteKeyInfo> Keys);

/// <summary>A public key for the tag on a web site.</summary>
public sealed record SiteKeyInfo(string Key, DateTimeOffset CreatedAt);

/// <summary>A page that shows the tenant's widget with settings that are not saved.</summary>
/// <param name="Url">
/// Can be shown in a frame. The frame posts <c>{type: "widget-preview-ready"}</c> to its parent, which then posts
/// <c>{type: "widget-preview", settings, locale, open}</c>; settings are the tenant's settings as JSON.
/// </param>
/// <param name="ExpiresAt">When the address stops to work.</param>
public sealed record WidgetPreview(string Url, DateTimeOffset ExpiresAt);
