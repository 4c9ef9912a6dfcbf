using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests.Speech;

/// <summary>
/// A page of a customer whose tenant offers spoken replies and dictation. The test chooses who speaks and who transcribes.
/// </summary>
internal sealed class SpeechVisit : IAsyncDisposable
{
    /// <summary>Two sentences. The second one contains bold text.</summary>
    public const string Reply = "The desk lamp costs ten euros [1]. It is made of **solid brass** and lasts.";

    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];

    private readonly CustomerSite _site;

    private SpeechVisit(CustomerSite site, WidgetPage widget) => (_site, Widget) = (site, widget);

    public WidgetPage Widget { get; }

    public IPage Page => Widget.Page;

    /// <summary>Opens the page. Everything that is not set by a parameter is as the server and the browser have it.</summary>
    /// <param name="installation">The installation with the simulated model.</param>
    /// <param name="chromium">The browser.</param>
    /// <param name="options">The browser's window and language.</param>
    /// <param name="reply">The model's answer, and the milliseconds between its words.</param>
    /// <param name="speech">Who reads aloud: "server" or "browser".</param>
    /// <param name="dictation">Who transcribes, and who receives the audio.</param>
    /// <param name="voice">Whether the browser has a voice.</param>
    /// <param name="before">Prepares the page before it is opened: scripts, routes.</param>
    /// <param name="site">Changes the customer's page.</param>
    public static async Task<SpeechVisit> OpenAsync(
        ModelInstallation installation,
        FullChromium chromium,
        BrowserNewContextOptions? options = null,
        (string Text, int TokenDelayMs)? reply = null,
        string speech = "browser",
        (string Source, string? Recipient)? dictation = null,
        bool voice = true,
        Func<WidgetPage, Task>? before = null,
        Action<CustomerSite>? site = null)
    {
        var (text, delay) = reply ?? (Reply, 0);
        await installation.ModelAsync(new { reply = text, tokenDelayMs = delay });
        var customer = await CustomerSite.StartAsync();
        var tenant = await installation.AddTenantAsync(customer.Origin, new { agentName = "Nora" }, Lamps);
        customer.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        site?.Invoke(customer);
        var widget = await WidgetPage.OpenAsync(chromium, customer.Address, options, async page =>
        {
            await page.Page.AddInitScriptAsync(Script("energy.js"));
            await page.Page.AddInitScriptAsync(Script("microphone.js"));
            if (before is not null) await before(page);
            if (voice) await page.Page.AddInitScriptAsync(Script("voice.js"));
            await SetModesAsync(page, speech, dictation);
        });
        return new SpeechVisit(customer, widget);
    }

    public static string Script(string name) => File.ReadAllText(Path.Combine(Repository.Root, "tests/Widget.Browser.Tests/Speech", name));

    /// <summary>Makes the session offer this, whatever the server would offer.</summary>
    private static Task SetModesAsync(WidgetPage page, string speech, (string Source, string? Recipient)? dictation) =>
        page.ChangeConfigAsync(config =>
        {
            config["modes"] = new JsonArray("text", "speech");
            config["speech"] = new JsonObject { ["source"] = speech };
            config["dictation"] = dictation is { } offer ? new JsonObject
            {
                ["source"] = offer.Source,
                ["recipient"] = offer.Recipient,
            } : null;
        });

    /// <summary>Plays the server's part in reading aloud. Returns the requests.</summary>
    public static async Task<ConcurrentQueue<JsonElement>> FakeSpeechAsync(WidgetPage page, string events, int status = 200)
    {
        var asked = new ConcurrentQueue<JsonElement>();
        await page.Page.RouteAsync("**/api/widget/speech", route =>
        {
            asked.Enqueue(JsonSerializer.Deserialize<JsonElement>(route.Request.PostData!));
            return route.FulfillAsync(new() { Status = status, ContentType = "text/event-stream", Headers = AnyOrigin, Body = events });
        });
        return asked;
    }

    /// <summary>Plays the server's part in transcription. Returns the media type and size of each recording.</summary>
    public static async Task<ConcurrentQueue<(string Type, int Bytes)>> FakeTranscriptionAsync(WidgetPage page, string text)
    {
        var given = new ConcurrentQueue<(string, int)>();
        await page.Page.RouteAsync("**/api/widget/transcription*", route =>
        {
            given.Enqueue((route.Request.Headers["content-type"], route.Request.PostDataBuffer?.Length ?? 0));
            return route.FulfillAsync(
                new() { ContentType = "application/json", Headers = AnyOrigin, Body = JsonSerializer.Serialize(new { text }) });
        });
        return given;
    }

    private static readonly Dictionary<string, string> AnyOrigin = new() { ["Access-Control-Allow-Origin"] = "*" };

    /// <summary>A sentence of the reply as the server sends it, with this many seconds of audio.</summary>
    public static string Sentence(
        int index,
        int start,
        int end,
        double seconds,
        params IReadOnlyList<(int Start, int End, double At)> words)
    {
        var sound = Convert.ToBase64String(Tone.Wav(seconds));
        var half = sound.Length / 8 * 4;
        var times = words.Select(
            (word, i) => new { start = word.Start, end = word.End, at = word.At, until = i + 1 < words.Count ? words[i + 1].At : seconds });
        return Event("sentence", new { index, start, end, text = "" })
            + Event("audio", new { index, mediaType = "audio/wav", data = sound[..half] })
            + (words.Count > 0 ? Event("words", new { index, words = times }) : "")
            + Event("audio", new { index, mediaType = "audio/wav", data = sound[half..] })
            + Event("spoken", new { index });
    }

    public static string Event(string name, object? data = null) => $"event: {name}\ndata: {JsonSerializer.Serialize(data ?? new { })}\n\n";

    /// <summary>What the browser's voice was asked to say.</summary>
    public async Task<string[]> SaidAsync() => await Page.EvaluateAsync<string[]>("() => window.said.map(({ text }) => text)");

    /// <summary>Waits until a condition holds on the page.</summary>
    public Task UntilAsync(string expression) => Page.WaitForFunctionAsync(expression);

    /// <summary>Opens the panel and clicks Listen.</summary>
    public async Task<SpeechVisit> ListenAsync()
    {
        await Widget.OpenPanelAsync();
        await Widget.Listen.ClickAsync();
        await Assertions.Expect(Widget.Listen).ToHaveAttributeAsync("aria-pressed", "true");
        return this;
    }

    public Task<bool> AllTracksStoppedAsync() =>
        Page.EvaluateAsync<bool>("() => window.tracks.length > 0 && window.tracks.every((track) => track.readyState === 'ended')");

    public async ValueTask DisposeAsync()
    {
        await Widget.DisposeAsync();
        await _site.DisposeAsync();
    }
}
