using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>A page with the widget. Its locators also find elements in the shadow root.</summary>
internal sealed class WidgetPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private WidgetPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            // The browser itself logs failed requests. They are no errors of the page.
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

    /// <summary>Errors on the page's console, and uncaught exceptions.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    public ConcurrentQueue<Uri> Requests { get; } = [];

    /// <summary>Home or the conversation, once it is known what to show.</summary>
    public ILocator Content => Page.Locator("#widget-root :is(.home, .message.assistant, .stage):visible").First;

    public ILocator Launcher => Page.Locator("#widget-root .launcher");

    public ILocator Panel => Page.Locator("#widget-root .panel");

    public ILocator Field => Page.Locator("#widget-root .panel textarea");

    public ILocator Answers => Page.Locator(".message.assistant:not(.streaming):has(.after)");

    /// <summary>The button that has every new answer read aloud.</summary>
    public ILocator Listen => Page.Locator("#widget-root .listen");

    /// <summary>The controls of the answer that is being read.</summary>
    public ILocator Player => Page.Locator("#widget-root .player");

    /// <summary>The dictation button in the text field.</summary>
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
        // Drawing animations takes a fifth of the processor time of a test.
        options.ReducedMotion ??= ReducedMotion.Reduce;
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Chromium.Patience);
        var page = new WidgetPage(context, await context.NewPageAsync());
        if (before is not null) await before(page);
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Clicks the launcher and waits until the panel is ready.</summary>
    public async Task<WidgetPage> OpenPanelAsync()
    {
        // The panel stays open on the next page. A click would close it.
        if (!await Page.EvaluateAsync<bool>("() => Object.keys(sessionStorage).some((key) => key.endsWith(':open'))"))
            await Launcher.ClickAsync();
        await ShownAsync(Content);
        return this;
    }

    /// <summary>Opens the menu of the conversation and presses one of its entries.</summary>
    public async Task ChooseAsync(string name)
    {
        await Page.Locator("#widget-root .menu > button").ClickAsync();
        await Page.Locator("#widget-root .menu-list").GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
    }

    /// <summary>Leaves the conversation for Home, where every way to talk is shown.</summary>
    public async Task GoHomeAsync()
    {
        await Page.Locator("#widget-root .head .tool:has(.icon-back)").ClickAsync();
        await ShownAsync(Page.Locator("#widget-root .home"));
    }

    /// <summary>Opens the screen before a call, from Home or from the menu, and starts the call.</summary>
    public async Task StartCallAsync(string mode)
    {
        var start = Page.Locator($"#widget-root .start-{mode}");
        if (!await start.IsVisibleAsync()) await Page.Locator("#widget-root .menu > button").ClickAsync();
        await start.ClickAsync();
        await Page.Locator("#widget-root .prelude .primary").ClickAsync();
    }

    /// <summary>Asks a question and waits until the answer is complete.</summary>
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

    /// <summary>The button of an answer that starts or stops reading it aloud.</summary>
    public static ILocator ReadAloud(ILocator answer) => answer.Locator(".read-aloud");

    /// <summary>The text that is highlighted as being spoken; empty if there is none.</summary>
    public Task<string> SpokenAsync(string highlight = "widget-sentence") =>
        Page.EvaluateAsync<string>("(name) => [...(CSS.highlights.get(name) ?? [])].map(String).join('|')", highlight);

    /// <summary>The number of messages in the thread that contain this text.</summary>
    public Task<int> CountAsync(string text) => Page.Locator(".thread .bubble", new() { HasTextString = text }).CountAsync();

    /// <summary>Changes what the server says in each new session: modes, availability and so on.</summary>
    public Task ChangeConfigAsync(Action<JsonNode> change) => Page.RouteAsync("**/api/widget/session", async route =>
    {
        if (route.Request.Method != "POST")
        {
            await route.ContinueAsync();
            return;
        }

        var response = await route.FetchAsync();
        if (!response.Ok)
        {
            await route.FulfillAsync(new() { Response = response });
            return;
        }

        var session = JsonNode.Parse(await response.TextAsync())!;
        change(session["config"]!);
        await route.FulfillAsync(new() { Response = response, Body = session.ToJsonString() });
    });

    public Task ShownAsync(ILocator locator) => Assertions.Expect(locator).ToBeVisibleAsync();

    /// <summary>Takes a picture of the page at the end of the test.</summary>
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
