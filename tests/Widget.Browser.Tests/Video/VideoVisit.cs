using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Browser.Tests.Video;

/// <summary>
/// A page of a customer whose tenant offers video. A replacement for Daily's client (daily.js) takes the place of its chunk.
/// </summary>
internal sealed class VideoVisit : IAsyncDisposable
{
    public const string Replica = "r4dcf31b60e1";

    private static readonly string DailyReplacement = string.Concat(
        new[] { "tests/Widget.Simulators/Tavus/avatar.js", "tests/Widget.Browser.Tests/Video/daily.js" }
            .Select(file => File.ReadAllText(Path.Combine(Repository.Root, file))));
    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];

    // The room's page gets tracks only from getUserMedia. Keep them, so that a test can check that each was stopped.
    private const string KeepTracks = """
        window.tracks = [];
        const original = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = async function (constraints) {
          const error = window.devicesFail?.(constraints);
          if (error) throw new DOMException('Not available.', error);
          const stream = await original.call(this, constraints);
          window.tracks.push(...stream.getTracks());
          return stream;
        };
        """;

    private readonly CustomerSite _site;
    private readonly ModelInstallation _installation;

    private VideoVisit(ModelInstallation installation, CustomerSite site, WidgetPage widget, CreatedTenant tenant) =>
        (_installation, _site, Widget, Tenant) = (installation, site, widget, tenant);

    public WidgetPage Widget { get; }

    public CreatedTenant Tenant { get; }

    public IPage Page => Widget.Page;

    public ILocator Start => Page.Locator(".start-video");

    public ILocator Stage => Page.Locator(".stage");

    public ILocator Avatar => Page.Locator(".stage video.avatar");

    public ILocator HangUp => Page.GetByRole(AriaRole.Button, new() { Name = "End the call" });

    /// <param name="installation">The installation. Its simulated Tavus is reset to its defaults.</param>
    /// <param name="chromium">The browser.</param>
    /// <param name="options">The browser's window and language.</param>
    /// <param name="settings">The tenant's settings, besides enabling video.</param>
    /// <param name="simulation">The behavior of the simulated Tavus.</param>
    /// <param name="devices">Whether the visitor allows camera and microphone.</param>
    /// <param name="before">Prepares the page before it is opened: scripts, routes.</param>
    /// <param name="site">Changes the customer's page.</param>
    public static async Task<VideoVisit> OpenAsync(
        ModelInstallation installation,
        FullChromium chromium,
        BrowserNewContextOptions? options = null,
        Dictionary<string, object>? settings = null,
        object? simulation = null,
        bool devices = true,
        Func<WidgetPage, Task>? before = null,
        Action<CustomerSite>? site = null)
    {
        await installation.ModelAsync();
        await SetAsync(installation, "/control/tavus/behavior", simulation ?? new { });
        await SetAsync(installation, $"/control/tavus/accounts/{Installation.TavusKey}", new { slots = 15 });
        var customer = await CustomerSite.StartAsync();
        var wishes = new Dictionary<string, object>(settings ?? [])
        {
            ["agentName"] = "Nora",
            ["useTavusVideo"] = true,
            ["tavusReplicaId"] = Replica,
        };
        var tenant = await installation.AddTenantAsync(customer.Origin, wishes, Lamps);
        customer.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        site?.Invoke(customer);
        var widget = await WidgetPage.OpenAsync(chromium, customer.Address, options, async page =>
        {
            if (devices) await page.Context.GrantPermissionsAsync(["camera", "microphone"]);
            await page.Page.AddInitScriptAsync(KeepTracks);
            await page.Page.RouteAsync("**/embed/daily-*.js", route => route.FulfillAsync(new()
            {
                ContentType = "text/javascript",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
                Body = DailyReplacement,
            }));
            if (before is not null) await before(page);
        });
        return new VideoVisit(installation, customer, widget, tenant);
    }

    /// <summary>Opens the panel and starts the call.</summary>
    public async Task<VideoVisit> CallAsync()
    {
        await Widget.OpenPanelAsync();
        await Widget.StartCallAsync("video");
        return this;
    }

    /// <summary>Waits until the avatar has joined.</summary>
    public async Task<VideoVisit> CallAndWaitForAvatarAsync()
    {
        await CallAsync();
        await Widget.ShownAsync(Avatar);
        return this;
    }

    /// <summary>What was said or written, and by whom, as the thread shows it.</summary>
    public Task<string[]> ThreadAsync() =>
        Page.EvaluateAsync<string[]>("""
            () => [
              ...document.querySelector('#widget-root').shadowRoot.querySelectorAll('.thread .spoken, .thread .event, .thread .looked-up'),
            ].map((item) =>
              item.matches('.spoken')
              ? `${item.matches('.visitor') ? 'visitor' : 'assistant'}: ${item.querySelector('.bubble').textContent}`
              : item.matches('.looked-up')
              ? `sources: ${[...item.querySelectorAll('.source-chip')].map((chip) => chip.textContent).join(', ')}`
              : item.textContent)
            """);

    /// <summary>The calls of this page's visitor at the simulated Tavus.</summary>
    public async Task<JsonElement[]> ConversationsAsync()
    {
        var all = await _installation.Http.GetFromJsonAsync<JsonElement[]>(
            new Uri(_installation.Simulators, "/control/tavus/conversations"));
        // The site's URL is in the context that the avatar gets.
        return [.. all!.Where(call => call.GetProperty("requestBody").GetRawText().Contains(_site.Origin))];
    }

    /// <summary>The only call, with all details.</summary>
    public async Task<JsonElement> ConversationAsync()
    {
        var id = (await ConversationsAsync()).ShouldHaveSingleItem().GetProperty("id").GetString();
        return await _installation.Http.GetFromJsonAsync<JsonElement>(
            new Uri(_installation.Simulators, $"/control/tavus/conversations/{id}"));
    }

    /// <summary>Waits until all calls of this visitor have ended at Tavus.</summary>
    public Task EndedAsync() => Eventually.TrueAsync(
        async () => (await ConversationsAsync()).All(call => call.GetProperty("status").GetString() == "ended"),
        "all calls have ended");

    /// <summary>Makes something happen in the simulated room: the visitor says something, the connection breaks …</summary>
    public async Task RoomAsync(string action, object? body = null)
    {
        var id = (await ConversationsAsync())[^1].GetProperty("id").GetString();
        var address = new Uri(_installation.Simulators, $"/control/tavus/rooms/{id}/{action}");
        (await _installation.Http.PostAsJsonAsync(address, body ?? new { })).EnsureSuccessStatusCode();
    }

    public Task VisitorSaysAsync(string text) => RoomAsync("hear", new { text });

    /// <summary>Changes the behavior of the simulated Tavus.</summary>
    public static async Task SetAsync(ModelInstallation installation, string path, object body) =>
        (await installation.Http.PutAsJsonAsync(new Uri(installation.Simulators, path), body)).EnsureSuccessStatusCode();

    /// <summary>A request to Tavus's API with the installation's key.</summary>
    public static async Task<JsonElement> TavusAsync(ModelInstallation installation, string path, object body)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(installation.Simulators, $"/tavus/v2/{path}"))
        { Content = JsonContent.Create(body) };
        request.Headers.Add("x-api-key", Installation.TavusKey);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var response = await installation.Http.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Waits until the thread has this line once.</summary>
    public async Task SaidAsync(string line)
    {
        string[] thread = [];
        await Eventually.TrueAsync(async () => (thread = await ThreadAsync()).Contains(line), $"the thread has \"{line}\"");
        thread.Count(entry => entry == line).ShouldBe(1, $"{line}\nin\n{string.Join('\n', thread)}");
    }

    public Task<bool> AllTracksStoppedAsync() =>
        Page.EvaluateAsync<bool>("() => window.tracks.every((track) => track.readyState === 'ended')");

    public async ValueTask DisposeAsync()
    {
        await Widget.DisposeAsync();
        await _site.DisposeAsync();
    }
}
