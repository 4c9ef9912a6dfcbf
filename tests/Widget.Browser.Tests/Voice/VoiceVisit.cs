using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Browser.Tests.Voice;

/// <summary>
/// A customer's page with the widget. The far end of its voice calls is in the page itself (farEnd.js), behind a replacement for the API's
/// voice endpoints.
/// </summary>
internal sealed class VoiceVisit : IAsyncDisposable
{
    public const string SessionPath = "/api/voice/session";

    private static readonly string FarEndScript = File.ReadAllText(
        Path.Combine(Repository.Root, "tests/Widget.Browser.Tests/Voice/farEnd.js"));
    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];

    private readonly CustomerSite _site;
    private readonly List<string> _sessions = [];

    private VoiceVisit(CustomerSite site, WidgetPage widget, CreatedTenant tenant) => (_site, Widget, Tenant) = (site, widget, tenant);

    public WidgetPage Widget { get; }

    public CreatedTenant Tenant { get; }

    public IPage Page => Widget.Page;

    public HubInterceptor Hub { get; } = new();

    /// <summary>The requests to the voice endpoints: the last segment of the path, and the body.</summary>
    public ConcurrentQueue<(string Action, JsonElement Body)> Requests { get; } = new();

    /// <summary>Overrides fields of each response.</summary>
    public Dictionary<string, JsonNode?> Answer { get; } = [];

    /// <summary>The response that refuses calls instead of opening them.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether the far end can't be reached.</summary>
    public bool Blocked { get; set; }

    /// <summary>The current call's id.</summary>
    public string SessionId => _sessions[^1];

    public ILocator Start => Page.Locator(".start-voice");

    public ILocator Stage => Page.Locator(".stage.voice");

    public ILocator Live => Page.Locator(".stage.voice[data-phase=live]");

    public ILocator HangUp => Button("End the call");

    public ILocator Hold => Page.Locator("button.talk");

    /// <param name="installation">The installation, whose text answers are real.</param>
    /// <param name="chromium">The browser.</param>
    /// <param name="options">The browser's window and language.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="devices">The devices that the visitor allows.</param>
    /// <param name="script">A script that runs in the page first.</param>
    /// <param name="before">Prepares the page before it is opened.</param>
    /// <param name="site">Changes the customer's page.</param>
    /// <param name="websockets">Whether the network allows WebSockets.</param>
    public static async Task<VoiceVisit> OpenAsync(
        ModelInstallation installation,
        FullChromium chromium,
        BrowserNewContextOptions? options = null,
        Dictionary<string, object>? settings = null,
        string[]? devices = null,
        string script = "",
        Func<WidgetPage, Task>? before = null,
        Action<CustomerSite>? site = null,
        bool websockets = true)
    {
        await installation.ModelAsync();
        var customer = await CustomerSite.StartAsync();
        var tenant = await installation.AddTenantAsync(
            customer.Origin,
            new Dictionary<string,
            object>(settings ?? [])
            { ["agentName"] = "Nora" },
            Lamps);
        customer.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        site?.Invoke(customer);
        VoiceVisit? visit = null;
        await WidgetPage.OpenAsync(chromium, customer.Address, options, async page =>
        {
            visit = new VoiceVisit(customer, page, tenant);
            await page.Context.GrantPermissionsAsync(devices ?? ["microphone"]);
            await page.Page.AddInitScriptAsync(FarEndScript + script);
            await page.ChangeConfigAsync(AddVoiceMode);
            await page.Page.RouteAsync("**/api/voice/**", visit.AnswerAsync);
            if (websockets) await page.Page.RouteWebSocketAsync("**/hubs/conversation**", visit.Hub.Join);
            else await page.Page.RouteWebSocketAsync("**/hubs/conversation**", socket => _ = socket.CloseAsync());
            if (before is not null) await before(page);
        });
        return visit!;
    }

    /// <summary>Opens the panel and starts the call.</summary>
    public async Task<VoiceVisit> CallAsync()
    {
        await Widget.OpenPanelAsync();
        await Widget.StartCallAsync("voice");
        return this;
    }

    /// <summary>Waits until the call is connected.</summary>
    public async Task<VoiceVisit> CallAndConnectAsync()
    {
        await CallAsync();
        await Widget.ShownAsync(Live);
        return this;
    }

    public ILocator Button(string name) => Stage.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Sends the phase and caption of the call.</summary>
    public void Tell(string phase, string? speaker = null, string? text = null) => Hub.Tell(new
    {
        voice = new { sessionId = SessionId, phase, caption = text is null ? null : new { speaker, item = $"{speaker} {text[0]}", text } },
    });

    /// <summary>Adds an event to the log.</summary>
    public void Log(int seq, object happened)
    {
        var record = JsonSerializer.SerializeToNode(happened)!.AsObject();
        record["seq"] = seq;
        record["at"] = DateTimeOffset.UtcNow;
        record["sessionId"] ??= SessionId;
        Hub.Tell(new { @event = record });
    }

    /// <summary>How often the voice endpoints got this request.</summary>
    public int Count(string action) => Requests.Count(request => request.Action == action);

    public JsonElement[] Bodies(string action) => [.. Requests.Where(request => request.Action == action).Select(request => request.Body)];

    public Task RequestedAsync(string action, int times = 1) => Eventually.TrueAsync(() => Count(action) >= times);

    public Task<bool> AllTracksStoppedAsync() =>
        Page.EvaluateAsync<bool>("() => window.tracks.length > 0 && window.tracks.every((track) => track.readyState === 'ended')");

    public Task<bool> AllConnectionsClosedAsync() =>
        Page.EvaluateAsync<bool>(
            "() => window.near.length > 0 && window.near.every((connection) => connection.connectionState === 'closed')");

    /// <summary>The power of the visitor's audio at the far end.</summary>
    public Task<double> HeardPowerAsync(double seconds = 5) =>
        Page.EvaluateAsync<double>("(seconds) => powerOf(window.far.at(-1).heard, seconds)", seconds);

    /// <summary>Closes the far end, as when the provider's server dies.</summary>
    public Task CloseFarEndAsync() => Page.EvaluateAsync("() => window.far.at(-1).connection.close()");

    public async ValueTask DisposeAsync()
    {
        await Widget.DisposeAsync();
        await _site.DisposeAsync();
    }

    private static void AddVoiceMode(JsonNode config)
    {
        var modes = config["modes"]!.AsArray();
        if (modes.All(mode => (string?)mode != "voice")) modes.Add("voice");
    }

    private async Task AnswerAsync(IRoute route)
    {
        var request = route.Request;
        var path = new Uri(request.Url).AbsolutePath;
        if (request.Method == "OPTIONS")
        {
            await FulfillAsync(route, 204, null);
            return;
        }

        using var body = JsonDocument.Parse(request.PostData ?? "{}");
        var opening = path == SessionPath;
        Requests.Enqueue((path.Split('/')[^1], body.RootElement.Clone()));
        if (opening && Refusal is not null)
        {
            await FulfillAsync(route, 503, new JsonObject { ["title"] = Refusal, ["status"] = 503, ["code"] = "out_of_budget" });
            return;
        }

        string? answer = null;
        if (opening)
        {
            lock (_sessions) _sessions.Add(Guid.CreateVersion7().ToString());
            answer = await Page.EvaluateAsync<string>(
                "([sdp, blocked]) => answerCall(sdp, blocked)",
                new object[] { body.RootElement.GetProperty("sdp").GetString()!, Blocked });
        }

        var session = new JsonObject
        {
            ["sessionId"] = SessionId,
            ["threadId"] = Guid.Empty,
            ["state"] = "live",
            ["sdp"] = answer,
            ["relay"] = false,
            ["pushToTalk"] = Bodies("session")[^1].GetProperty("pushToTalk").GetBoolean(),
            ["maxSeconds"] = 900,
            ["remainingSeconds"] = 900,
            ["leaveToken"] = opening ? $"leave {SessionId}" : null,
            ["endReason"] = null,
            ["problem"] = null,
        };
        foreach (var (name, value) in Answer) session[name] = value?.DeepClone();
        await FulfillAsync(route, 200, session);
    }

    private static Task FulfillAsync(IRoute route, int status, JsonNode? body) => route.FulfillAsync(new()
    {
        Status = status,
        ContentType = status < 400 ? "application/json" : "application/problem+json",
        Headers = new Dictionary<string, string>
        {
            ["Access-Control-Allow-Origin"] = "*",
            ["Access-Control-Allow-Headers"] = "*",
            ["Access-Control-Allow-Methods"] = "*",
        },
        Body = body?.ToJsonString() ?? "",
    });
}
