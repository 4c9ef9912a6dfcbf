using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Browser.Tests.Panel;

/// <summary>A visitor who becomes a lead, without a language model: from the first question to the meeting, and to a person.</summary>
public sealed class SellingShould(DemoInstallation demo, Chromium chromium) : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    private readonly HttpClient _staff = new();
    private CustomerSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await CustomerSite.StartAsync();
        CreatedTenant keys = await demo.AddTenantAsync(
            _site.Origin,
            settings: null,
            ("Delivery", "Delivery to Denmark costs 89 euros. Delivery within Germany costs 49 euros."));
        _site.Html = CustomerSite.Tag(demo, keys.SiteKey);
        _staff.BaseAddress = demo.Api;
        _staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", keys.ApiKey);
    }

    public async ValueTask DisposeAsync()
    {
        _staff.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Lead_from_a_question_to_a_demo_a_price_and_a_meeting()
    {
        await AddDemoAsync();
        await PostAsync("/api/prices", new { name = "City bike", amount = 899, currency = "EUR", per = (string?)null });
        await QualifyAsync();
        var rep = await AddRepAsync("Ana Brandt");
        await using var visit = await WidgetPage.OpenAsync(chromium, _site.Address);
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");

        await visit.AskAsync("Can I see a demo of the city bike?");
        await visit.Page.Locator("#widget-root .offer-demo").ClickAsync();
        await visit.ShownAsync(visit.Page.Locator("#widget-root .demo-picture img"));
        await visit.Page.Keyboard.PressAsync("Escape");

        await visit.AskAsync("How much does a city bike cost?");
        await visit.Page.Locator("#widget-root .offer-pricing").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#widget-root").GetByText("€899", new() { Exact = false }).First).ToBeVisibleAsync();

        await visit.AskAsync("My e-mail is ada@acme.example, please get in touch.");
        await KeepWhileWritingOnAsync(visit);
        await Eventually.TrueAsync(async () => (await LeadsAsync()).Count == 1, "the lead is kept");

        await visit.AskAsync("I would like to book an appointment for a test ride");
        await visit.Page.Locator("#widget-root .offer-booking").ClickAsync();
        await visit.Page.Locator("#widget-root .times button").First.ClickAsync();
        await visit.Page.Locator("#widget-root .booking-step .primary").Last.ClickAsync();
        await visit.ShownAsync(visit.Page.Locator("#widget-root .meeting.booked"));

        var id = (await LeadsAsync()).ShouldHaveSingleItem().Id;
        Lead? lead = null;
        await Eventually.TrueAsync(
            async () => (lead = await GetAsync<Lead>($"/api/leads/{id}")).Score is > 0 && lead.Summary!.Meetings.Count == 1,
            "the lead is scored with its meeting");
        (lead!.Email, lead.Company, lead.Owner!.Id).ShouldBe(("ada@acme.example", "acme.example", rep));
        lead.Summary!.Meetings[0].RepName.ShouldBe("Ana Brandt");
        lead.Summary.Questions.ShouldContain("How much does a city bike cost?");
        lead.Reasons.ShouldNotBeEmpty();
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pass_the_conversation_to_a_person_and_back()
    {
        var rep = await AddRepAsync("Ana Brandt");
        (await _staff.PutAsJsonAsync("/api/inbox/presence", new { repId = rep, available = true })).EnsureSuccessStatusCode();
        await using var visit = await WidgetPage.OpenAsync(chromium, _site.Address);
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");
        await visit.ChooseAsync("Talk to a person");
        await visit.Page.Locator("#widget-root .sheet form button[type=submit], #widget-root .sheet .primary").First.ClickAsync();
        JsonElement waiting = default;
        await Eventually.TrueAsync(
            async () => (waiting = (await GetAsync<JsonElement>("/api/inbox?state=waiting")).GetProperty("items")).GetArrayLength() == 1,
            "the visitor waits in the inbox");
        var conversation = $"/api/inbox/{waiting[0].GetProperty("conversationId").GetString()}";

        await PostAsync($"{conversation}/accept", new { repId = rep });
        await PostAsync($"{conversation}/reply", new { repId = rep, clientId = "1", text = "Hello, this is Ana." });
        var person = visit.Page.Locator("#widget-root .message.from-person");
        await Assertions.Expect(person.Last).ToContainTextAsync("Hello, this is Ana.");
        await Assertions.Expect(visit.Page.Locator("#widget-root .head")).ToContainTextAsync("Ana Brandt");
        var answers = await visit.Page.Locator(".message.assistant:not(.from-person)").CountAsync();
        await visit.SendAsync("Do you deliver on Saturdays?");
        await Eventually.TrueAsync(
            async () => (await GetAsync<JsonElement>(conversation)).GetRawText().Contains("Saturdays", StringComparison.Ordinal),
            "the message is in the inbox");
        (await visit.Page.Locator(".message.assistant:not(.from-person)").CountAsync()).ShouldBe(answers);

        await PostAsync($"{conversation}/return", new { repId = rep });
        await Assertions.Expect(visit.Page.Locator("#widget-root .head")).Not.ToContainTextAsync("Ana Brandt");
        await visit.SendAsync("What does delivery within Germany cost?");
        await Assertions.Expect(visit.Page.Locator(".message.assistant:not(.from-person)").Last).ToContainTextAsync("49 euros");
        visit.Errors.ShouldBeEmpty();
    }

    // The address is kept a while after the click. The visitor writes on meanwhile, and loses no letter.
    private static async Task KeepWhileWritingOnAsync(WidgetPage visit)
    {
        var kept = new TaskCompletionSource();
        await visit.Page.RouteAsync("**/contact", async route =>
        {
            await kept.Task;
            await route.ContinueAsync();
        });
        await visit.Page.Locator("#widget-root .contact-card .primary").ClickAsync();
        await visit.Field.PressSequentiallyAsync("I would");
        kept.SetResult();
        await visit.ShownAsync(visit.Page.Locator("#widget-root .event", new() { HasTextString = "ada@acme.example" }));
        await visit.Page.Keyboard.TypeAsync(" like");
        await Assertions.Expect(visit.Field).ToHaveValueAsync("I would like");
    }

    private async Task AddDemoAsync()
    {
        await PostAsync("/api/knowledge/demos", new
        {
            kind = "image",
            url = new Uri(demo.Api, "/embed/preview.png").ToString(),
            title = "The city bike in a minute",
            description = "A tour of the city bike.",
            showWhen = "The visitor wants to see the city bike or a demo of it.",
        });
        await Eventually.TrueAsync(
            async () => (await GetAsync<DemoPage>("/api/knowledge/demos")).Demos.All(entry => entry.Status == EntryStatusName.Ready),
            "the demo can be found");
    }

    private async Task QualifyAsync() =>
        (await _staff.PutAsJsonAsync("/api/leads/qualification", await GetAsync<JsonElement>("/api/leads/qualification/template")))
        .EnsureSuccessStatusCode();

    private async Task<Guid> AddRepAsync(string name)
    {
        var added = await _staff.PostAsJsonAsync("/api/reps", new { name, email = "ana@company.example", timeZone = "Europe/Berlin" });
        added.EnsureSuccessStatusCode();
        var id = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var days = new[] { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };
        (await _staff.PutAsJsonAsync(
            $"/api/reps/{id}/hours",
            new { weekly = days.Select(day => new { day, from = "09:00", to = "17:00" }), slotMinutes = 30 })).EnsureSuccessStatusCode();
        return id;
    }

    private async Task<IReadOnlyList<Lead>> LeadsAsync() => (await GetAsync<LeadPage>("/api/leads")).Items;

    private async Task PostAsync(string path, object body)
    {
        var response = await _staff.PostAsJsonAsync(path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    private async Task<T> GetAsync<T>(string path) => (await _staff.GetFromJsonAsync<T>(path, Json))!;
}
