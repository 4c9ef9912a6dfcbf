using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Widget.Api.Answers;
using Widget.Api.Host;
using Widget.Api.Limits;
using Widget.Api.Operations;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>
/// Rate limits in the widget: a refused message waits and is sent automatically. The tests use a real server with small limits.
/// </summary>
public sealed class LimitsShould(Chromium chromium) : IAsyncLifetime
{
    private const string Question = "What does delivery to Denmark cost?";
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("en-US", ColorScheme.Light, 1280, true)]
    [InlineData("de-DE", ColorScheme.Dark, 390, true)]
    [InlineData("es-ES", ColorScheme.Dark, 1280, false)]
    [InlineData("ar", ColorScheme.Light, 390, false)]
    public async Task Show_that_a_message_waits_and_send_it_automatically(string locale, ColorScheme scheme, int width, bool websockets)
    {
        await using var server = await StartAsync(new LimitOptions().With(Limit.Messages, Rate.Parse("1/15s")));
        var page = await AddTenantAsync(server);
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            page,
            new() { Locale = locale, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 844 } },
            websockets ? null : BlockWebSocketsAsync);
        await visit.ShownAsync(visit.Content);
        await visit.AskAsync(Question);

        await visit.SendAsync("And to Germany?");
        await visit.ShownAsync(visit.Page.Locator(".message.visitor .note", new() { HasTextRegex = Waits() }));
        (await visit.Page.Locator(".bubble.typing").CountAsync()).ShouldBe(0);
        await TakePictureAsync(visit, $"message-{locale}");

        await visit.ShownAsync(visit.Answers.Nth(1));
        (await visit.Page.Locator(".message.visitor").CountAsync()).ShouldBe(2);
        (await visit.Page.Locator(".message.visitor .note").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Open_a_session_automatically_once_the_limit_allows_it()
    {
        await using var server = await StartAsync(new LimitOptions().With(Limit.Sessions, Rate.Parse("1/15s")));
        var page = await AddTenantAsync(server);
        await using (var first = await WidgetPage.OpenAsync(chromium, page)) await first.ShownAsync(first.Content);

        await using var second = await WidgetPage.OpenAsync(chromium, page);
        await second.ShownAsync(second.Page.GetByText("We're very busy right now. One moment, please."));
        await second.SendAsync(Question);
        await TakePictureAsync(second, "session");

        await second.ShownAsync(second.Answers.First);
    }

    private static System.Text.RegularExpressions.Regex Waits() =>
        new("sent automatically|automatisch gesendet|enviará automáticamente|ستُرسل رسالتك تلقائيًا");

    private static Task TakePictureAsync(WidgetPage visit, string name) =>
        visit.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, ".local", "test", "pictures", $"limits-{name}.png") });

    private async Task<WebApplication> StartAsync(LimitOptions limits)
    {
        var address = $"http://localhost:{FreePorts.Next()}";
        var server = Server.Build([$"--urls={address}"], new ServerOptions
        {
            Database = _database.Application,
            Chat = new ChatModelOptions(),
            Fetching = new FetchOptions(),
            EmbedFolder = Path.Combine(Repository.Root, "src", "Widget.Embed", "dist"),
            Limits = limits,
        });
        await server.StartAsync();
        return server;
    }

    // Creates a company with a document. Returns the address of its hosted page.
    private async Task<Uri> AddTenantAsync(WebApplication server)
    {
        var address = new Uri(server.Urls.Single());
        var keys = await new TenantAdministration(_database.OwnerSource).CreateAsync(
            $"t{Guid.NewGuid():N}"[..20],
            "Harbor Bikes",
            [],
            CancellationToken.None);
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", keys.ApiKey);
        var line = JsonSerializer.Serialize(
            new { id = "delivery", title = "Delivery", text = "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros." });
        var import = await http.PostAsync(
            "/api/knowledge/import",
            new StringContent(line, new MediaTypeHeaderValue("application/x-ndjson")));
        var job = await import.Content.ReadFromJsonAsync<JsonElement>();
        await Eventually.TrueAsync(
            async () =>
            {
                var state = await http.GetFromJsonAsync<JsonElement>($"/api/knowledge/jobs/{job.GetProperty("jobId")}");
                return state.GetProperty("status").GetString() == "ready";
            },
            "the document is ingested");
        return new Uri(address, $"/widget/{keys.Slug}");
    }

    private static Task BlockWebSocketsAsync(WidgetPage visit) => visit.Page.AddInitScriptAsync(
        "window.WebSocket = class { constructor() { setTimeout(() => { "
        + "this.onerror?.(new Event('error')); this.onclose?.({ code: 1006 }); }, 5); } close() {} };");
}
