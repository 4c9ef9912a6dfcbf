using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Widget.Api.Operations;

namespace Widget.Browser.Tests.HostPages;

/// <summary>A customer's page of a certain kind, with a tenant that sells lamps.</summary>
internal sealed class HostPage : IAsyncDisposable
{
    public const string Question = "What does the desk lamp cost?";

    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];

    private HostPage(CustomerSite site, CreatedTenant tenant, WidgetPage widget) => (Site, Tenant, Widget) = (site, tenant, widget);

    public CustomerSite Site { get; }

    public CreatedTenant Tenant { get; }

    public WidgetPage Widget { get; }

    public IPage Page => Widget.Page;

    /// <summary>The lines of the console that begin with "Widget:".</summary>
    public ConcurrentQueue<string> Said { get; } = [];

    /// <summary>Opens a page.</summary>
    /// <param name="installation">The installation.</param>
    /// <param name="chromium">The browser.</param>
    /// <param name="html">The content of the body, given the address of widget.js and the site key.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="document">Whether the content is a whole document.</param>
    /// <param name="before">Prepares the browser's page.</param>
    public static async Task<HostPage> OpenAsync(
        Installation installation,
        Chromium chromium,
        Func<string, string, string> html,
        object? settings = null,
        bool document = false,
        Func<WidgetPage, Task>? before = null)
    {
        var site = await CustomerSite.StartAsync();
        var tenant = await installation.AddTenantAsync(site.Origin, settings, Lamps);
        var content = html($"{installation.Api}widget.js", tenant.SiteKey);
        if (document) site.Documents["/"] = content;
        else site.Html = content;
        HostPage? page = null;
        await WidgetPage.OpenAsync(chromium, site.Address, before: async widget =>
        {
            page = new HostPage(site, tenant, widget);
            page.Listen(widget.Page);
            if (before is not null) await before(widget);
        });
        return page!;
    }

    /// <summary>The usual tag.</summary>
    public static string Tag(string source, string key, string attributes = "") =>
        $"<script async src=\"{source}\" data-site-key=\"{key}\" {attributes}></script>";

    /// <summary>Opens the site in another tab of the same browser.</summary>
    public async Task<IPage> OpenTabAsync()
    {
        var tab = await Widget.Context.NewPageAsync();
        Listen(tab);
        await tab.GotoAsync(Site.Address.AbsoluteUri);
        return tab;
    }

    /// <summary>Asks in a tab and waits for the answer.</summary>
    public static async Task AskAsync(IPage tab, string question)
    {
        var answers = tab.Locator(".message.assistant:not(.streaming):has(.after)");
        var before = await answers.CountAsync();
        await tab.Locator("#widget-root .panel textarea").FillAsync(question);
        await tab.Locator("#widget-root .panel textarea").PressAsync("Enter");
        await Assertions.Expect(answers.Nth(before)).ToBeVisibleAsync();
    }

    /// <summary>Goes from Home to the messages of the conversation.</summary>
    public static Task ContinueAsync(IPage tab) => tab.Locator("#widget-root .home .continue").ClickAsync();

    public static async Task OpenPanelAsync(IPage tab)
    {
        await tab.Locator("#widget-root .launcher").ClickAsync();
        await Assertions.Expect(tab.Locator("#widget-root .panel textarea")).ToBeEnabledAsync();
        // The session is open once the agent's name is known.
        await Assertions.Expect(tab.Locator("#widget-root .panel")).ToHaveAttributeAsync("aria-label", new Regex("Test Company"));
    }

    public async ValueTask DisposeAsync()
    {
        await Widget.DisposeAsync();
        await Site.DisposeAsync();
    }

    private void Listen(IPage page) => page.Console += (_, message) =>
    {
        if (message.Text.StartsWith("Widget: ", StringComparison.Ordinal)) Said.Enqueue(message.Text);
    };
}
