using System.Collections.Concurrent;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>A page with the widget on it, as a visitor meets it. Every locator reaches through the shadow root.</summary>
internal sealed class WidgetPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private WidgetPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            // A refused or broken request is reported by the browser itself, whatever the page makes of it.
            if (message.Type == "error"
                && !message.Text.StartsWith("Failed to load resource")
                && !message.Text.Contains("WebSocket connection"))
                Errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => Errors.Enqueue(error);
        page.Request += (_, request) => Requests.Enqueue(new Uri(request.Url));
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>What the page complained of.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    public ConcurrentQueue<Uri> Requests { get; } = [];

    public ILocator Launcher => Page.Locator("#widget-root .launcher");

    public ILocator Panel => Page.Locator("#widget-root .panel");

    public ILocator Field => Page.Locator("#widget-root .panel textarea");

    public ILocator Answers => Page.Locator(".message.assistant:not(.streaming):has(.after)");

    /// <summary>Has every new answer read aloud.</summary>
    public ILocator Listen => Page.Locator("#widget-root .listen");

    /// <summary>What can be done about the answer that is being read.</summary>
    public ILocator Player => Page.Locator("#widget-root .player");

    /// <summary>The microphone beside the field.</summary>
    public ILocator Dictate => Page.Locator("#widget-root .dictate");

    public ILocator Status => Page.Locator(".status");

    public static Task<WidgetPage> OpenAsync(
        Chromium chromium,
        Uri address,
        BrowserNewContextOptions? options = null,
        Func<WidgetPage,
        Task>? before = null) =>
        OpenAsync(chromium.Browser, address, options, before);

    public static async Task<WidgetPage> OpenAsync(
        IBrowser browser,
        Uri address,
        BrowserNewContextOptions? options,
        Func<WidgetPage,
        Task>? before)
    {
        options ??= new();
        options.ViewportSize ??= new() { Width = 1280, Height = 860 };
        options.Locale ??= "en-US";
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        var page = new WidgetPage(context, await context.NewPageAsync());
        if (before is not null) await before(page);
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Presses the launcher and waits until the panel can be used.</summary>
    public async Task<WidgetPage> OpenPanelAsync()
    {
        await Launcher.ClickAsync();
        await ShownAsync(Page.Locator("#widget-root .message.assistant").First);
        return this;
    }

    /// <summary>Asks and waits for the whole answer.</summary>
    public async Task<ILocator> AskAsync(string question)
    {
        var before = await Answers.CountAsync();
        await SendAsync(question);
        var answer = Answers.Nth(before);
        await ShownAsync(answer);
        return answer;
    }

    public async Task SendAsync(string text)
    {
        await Field.FillAsync(text);
        await Field.PressAsync("Enter");
    }

    /// <summary>The button of an answer that has it read aloud, or ends that.</summary>
    public static ILocator ReadAloud(ILocator answer) => answer.Locator(".read-aloud");

    /// <summary>The words that are shown as being spoken; empty when there are none.</summary>
    public Task<string> SpokenAsync(string highlight = "widget-sentence") =>
        Page.EvaluateAsync<string>("(name) => [...(CSS.highlights.get(name) ?? [])].map(String).join('|')", highlight);

    /// <summary>How often this text stands in the thread.</summary>
    public Task<int> CountAsync(string text) => Page.Locator(".thread .bubble", new() { HasTextString = text }).CountAsync();

    public Task ShownAsync(ILocator locator, int seconds = 15) =>
        Assertions.Expect(locator).ToBeVisibleAsync(new() { Timeout = seconds * 1000 });

    /// <summary>Leaves a picture of how the test ended, to look at.</summary>
    public async ValueTask DisposeAsync()
    {
        var name = string.Concat(
            (TestContext.Current.Test?.TestDisplayName ?? "unknown").Split('.')[^1]
                .Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        var folder = Path.Combine(Repository.Root, ".local", "test", "pictures");
        await Page.ScreenshotAsync(
            new() { Path = Path.Combine(folder, $"{name[..Math.Min(name.Length, 100)]}-{Interlocked.Increment(ref _pictures)}.png") });
        await _context.DisposeAsync();
    }

    private static int _pictures;
}
