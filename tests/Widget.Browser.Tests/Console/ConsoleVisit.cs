using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

/// <summary>A member's visit to the console, in a window of its own.</summary>
internal sealed class ConsoleVisit : IAsyncDisposable
{
    private readonly IBrowserContext _window;

    private ConsoleVisit(IBrowserContext window, IPage page) => (_window, Page) = (window, page);

    public IPage Page { get; }

    /// <summary>Errors of the page's scripts.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Opens a page of the console without signing in.</summary>
    public static async Task<ConsoleVisit> OpenAsync(
        Installation installation,
        Chromium chromium,
        string path,
        BrowserNewContextOptions? options = null)
    {
        options ??= new();
        // axe could not run under the console's policy.
        options.BypassCSP = true;
        options.Locale ??= "en";
        var window = await chromium.Browser.NewContextAsync(options);
        window.SetDefaultTimeout(Chromium.Patience);
        var page = await window.NewPageAsync();
        var visit = new ConsoleVisit(window, page);
        page.PageError += (_, error) => visit.Errors.Add(error);
        await page.GotoAsync(new Uri(installation.Console, path).ToString());
        return visit;
    }

    /// <summary>Signs in with the demo's account and opens a page.</summary>
    public static async Task<ConsoleVisit> SignInAsync(
        Installation installation,
        Chromium chromium,
        string path,
        BrowserNewContextOptions? options = null)
    {
        var visit = await OpenAsync(installation, chromium, path, options);
        var (email, password) = await installation.AccountAsync();
        await visit.SubmitAsync(email, password);
        // The form has a heading of its own.
        await visit.Page.WaitForURLAsync(address => new Uri(address).AbsolutePath == new Uri(installation.Console, path).AbsolutePath);
        await visit.Page.Locator("main h1").WaitForAsync();
        return visit;
    }

    public async Task SubmitAsync(string email, string password)
    {
        await Page.GetByLabel("E-mail address").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    public ValueTask DisposeAsync() => _window.DisposeAsync();
}
