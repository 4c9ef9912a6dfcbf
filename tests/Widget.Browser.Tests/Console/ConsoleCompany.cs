using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Browser.Tests.Console;

/// <summary>A company of its own, and its owner's visit to the console.</summary>
internal sealed class ConsoleCompany : IAsyncDisposable
{
    private readonly Installation _installation;
    private readonly ConsoleVisit _visit;

    private ConsoleCompany(Installation installation, CreatedTenant tenant, ConsoleVisit visit)
    {
        (_installation, Tenant, _visit) = (installation, tenant, visit);
        Staff = new HttpClient { BaseAddress = installation.Api };
        Staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.ApiKey);
    }

    public CreatedTenant Tenant { get; }

    /// <summary>The company's use of the API.</summary>
    public HttpClient Staff { get; }

    public IPage Page => _visit.Page;

    /// <summary>The page on which visitors meet the assistant.</summary>
    public Uri HostedPage => new(_installation.Api, $"/widget/{Tenant.Slug}");

    /// <param name="installation">Where the company is.</param>
    /// <param name="chromium">The owner's browser.</param>
    /// <param name="path">The console's page to open, such as <c>leads</c>.</param>
    /// <param name="settings">Settings of the company.</param>
    /// <param name="documents">What the assistant knows.</param>
    public static async Task<ConsoleCompany> OpenAsync(
        Installation installation,
        Chromium chromium,
        string path,
        object? settings = null,
        params (string Title, string Text)[] documents)
    {
        var tenant = await installation.AddTenantAsync("https://company.example", settings, documents);
        await installation.AddMemberAsync(tenant.Slug, (await installation.AccountAsync()).Email, "Demo", "owner");
        var visit = await ConsoleVisit.SignInAsync(installation, chromium, $"/{tenant.Slug}/{path}");
        return new ConsoleCompany(installation, tenant, visit);
    }

    /// <summary>Opens another page of the console by its address.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(_installation.Console, $"/{Tenant.Slug}/{path}").ToString());
        await Page.Locator("main h1").First.WaitForAsync();
    }

    /// <summary>Presses the button with this name, also if it is in a menu.</summary>
    public Task PressAsync(string name) => Page.Press(name);

    public Task FillAsync(string label, string text) => Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);

    /// <summary>Waits until this text is shown.</summary>
    public Task SeeAsync(string text) => Assertions.Expect(Page.GetByText(text, new() { Exact = true }).First).ToBeVisibleAsync();

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var response = await Staff.PostAsJsonAsync(path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A visitor who asks questions and then gives contact details.</summary>
    public async Task VisitAsync(object? contact, params string[] questions)
    {
        using var visitor = new HttpClient { BaseAddress = _installation.Api };
        var session = await (await visitor.PostAsJsonAsync("/api/widget/session", new { siteKey = Tenant.SiteKey }))
            .Content.ReadFromJsonAsync<JsonElement>();
        visitor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.GetProperty("token").GetString());
        visitor.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        var conversation = $"/api/widget/conversations/{session.GetProperty("conversationId").GetString()}";
        foreach (var text in questions)
        {
            var message = new { clientId = Guid.NewGuid().ToString(), text };
            (await visitor.PostAsJsonAsync($"{conversation}/messages", message)).EnsureSuccessStatusCode();
        }

        if (contact is not null) (await visitor.PostAsJsonAsync($"{conversation}/contact", contact)).EnsureSuccessStatusCode();
    }

    /// <summary>Takes a picture of the page, and fails if its scripts had errors.</summary>
    public async ValueTask DisposeAsync()
    {
        Staff.Dispose();
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, ".local", "test", "pictures", $"{Tenant.Slug}.png") });
        var errors = _visit.Errors;
        await _visit.DisposeAsync();
        errors.ShouldBeEmpty();
    }
}
