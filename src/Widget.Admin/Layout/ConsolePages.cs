namespace Widget.Admin.Layout;

/// <summary>A page of a tenant in the navigation.</summary>
/// <param name="Path">Path below the tenant.</param>
/// <param name="Icon">Name of a Material symbol.</param>
/// <param name="Permission">What a viewer's role must allow for the page to be listed, such as <c>leads.read</c>.</param>
public sealed record ConsolePageLink(string Path, string Icon, string Permission)
{
    /// <summary>Key of the page's name in <see cref="LayoutTexts"/>.</summary>
    public string Name => $"page.{Path}";

    /// <summary>Key of other words by which the page is found in the search.</summary>
    public string Words => $"words.{Path}";
}

/// <summary>The navigation: all pages of a tenant, in groups.</summary>
public static class ConsolePages
{
    public static IReadOnlyList<(string Group, IReadOnlyList<ConsolePageLink> Pages)> Groups { get; } =
    [
        ("group.now",
        [
            new("overview", "home", "analytics.read"),
            new("inbox", "inbox", "conversations.read"),
            new("leads", "person_search", "leads.read"),
            new("meetings", "calendar_month", "meetings.read"),
            new("recordings", "videocam", "calls.read"),
            new("analytics", "monitoring", "analytics.read"),
        ]),
        ("group.assistant",
        [
            new("knowledge", "menu_book", "knowledge.read"),
            new("playground", "science", "knowledge.read"),
            new("evaluation", "fact_check", "knowledge.read"),
            new("agents", "support_agent", "settings.read"),
            new("widget", "chat", "settings.read"),
            new("tools", "build", "settings.read"),
        ]),
        ("group.company",
        [
            new("integrations", "extension", "settings.read"),
            new("webhooks", "webhook", "settings.read"),
            new("usage", "data_usage", "analytics.read"),
            new("team", "group", "team.read"),
            new("keys", "key", "keys.read"),
            new("privacy", "shield_person", "privacy.read"),
            new("audit", "history", "audit.read"),
        ]),
    ];

    public static IEnumerable<ConsolePageLink> All => Groups.SelectMany(group => group.Pages);
}
