using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Browser.Tests.Panel;

/// <summary>
/// A company with its staff's API, its reps' mailboxes and its server for webhooks. E-mails and webhooks arrive at public npm packages:
/// smtp-server and mailparser, and standardwebhooks, which verifies the signatures.
/// </summary>
internal sealed class SellingDesk : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private readonly Installation _installation;
    private readonly NodeProgram _mail;
    private readonly NodeProgram _webhooks;

    private SellingDesk(Installation installation, CustomerSite site, CreatedTenant tenant, NodeProgram mail, NodeProgram webhooks)
    {
        (_installation, Site, Tenant, _mail, _webhooks) = (installation, site, tenant, mail, webhooks);
        Staff = new HttpClient { BaseAddress = installation.Api };
        Staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.ApiKey);
    }

    public CustomerSite Site { get; }

    public CreatedTenant Tenant { get; }

    public HttpClient Staff { get; }

    /// <summary>The rep with whom meetings are booked.</summary>
    public Guid Rep { get; private set; }

    /// <summary>The e-mails that have arrived.</summary>
    public IEnumerable<JsonElement> Mails => _mail.Lines.Where(line => line.TryGetProperty("subject", out _));

    /// <summary>The verified webhooks that have arrived, without repetitions.</summary>
    public IEnumerable<JsonElement> Webhooks =>
        _webhooks.Lines.Where(line => line.TryGetProperty("verified", out var verified) && verified.GetBoolean())
            .DistinctBy(line => line.GetProperty("id").GetString())
            .Select(line => line.GetProperty("message"));

    /// <summary>Sets up a company that sells: with a demo, a price, questions for leads, a rep and webhooks.</summary>
    public static async Task<SellingDesk> OpenAsync(Installation installation, object? settings = null)
    {
        var site = await CustomerSite.StartAsync();
        var tenant = await installation.AddTenantAsync(
            site.Origin,
            settings,
            ("Delivery", "Delivery to Denmark costs 89 euros. Delivery within Germany costs 49 euros."));
        site.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        var desk = new SellingDesk(
            installation,
            site,
            tenant,
            await NodeProgram.StartAsync("mail-receiver", "receive.mjs", $"{installation.MailPort}"),
            await NodeProgram.StartAsync("webhook-receiver", "receive.mjs", $"{installation.WebhookPort}"));
        await desk.SetUpAsync();
        return desk;
    }

    public async Task<T> GetAsync<T>(string path) => (await Staff.GetFromJsonAsync<T>(path, Json))!;

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        var response = await Staff.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The only lead, once it has a meeting and a score.</summary>
    public async Task<Lead> LeadAsync()
    {
        Lead? lead = null;
        await Eventually.TrueAsync(
            async () => (await GetAsync<LeadPage>("/api/leads")).Items is [var only]
                && (lead = await GetAsync<Lead>($"/api/leads/{only.Id}")) is
                {
                    Score: > 0,
                    Summary: { Meetings.Count: 1, Answers.Count: > 0 },
                },
            "the lead has a meeting, an answer and a score");
        return lead!;
    }

    /// <summary>Waits until the visitor has the invitation by e-mail, and returns its calendar file.</summary>
    public async Task<string> InvitationAsync(string email)
    {
        JsonElement mail = default;
        await Eventually.TrueAsync(
            () => (mail = Mails.FirstOrDefault(mail => mail.GetProperty("to").GetString()!.Contains(email))).ValueKind
                == JsonValueKind.Object,
            "the invitation arrives");
        var invitation = mail.GetProperty("attachments").EnumerateArray()
            .Single(file => file.GetProperty("name").GetString() == "invite.ics");
        return invitation.GetProperty("text").GetString()!;
    }

    /// <summary>Waits for a verified webhook, and returns its data.</summary>
    public async Task<JsonElement> WebhookAsync(string type, Func<JsonElement, bool>? condition = null)
    {
        JsonElement message = default;
        await Eventually.TrueAsync(
            () => (message = Webhooks.LastOrDefault(message => message.GetProperty("type").GetString() == type
                && (condition is null || condition(message.GetProperty("data"))))).ValueKind == JsonValueKind.Object,
            $"{type} arrives");
        return message.GetProperty("data");
    }

    /// <summary>The data of the last verified webhook about the lead.</summary>
    public JsonElement LastAboutLead() => Webhooks
        .Last(message => message.GetProperty("type").GetString()!.StartsWith("lead.", StringComparison.Ordinal))
        .GetProperty("data");

    public async ValueTask DisposeAsync()
    {
        Staff.Dispose();
        await _webhooks.DisposeAsync();
        await _mail.DisposeAsync();
        await Site.DisposeAsync();
    }

    private async Task SetUpAsync()
    {
        var webhook = await SendAsync(HttpMethod.Post, "/api/webhooks", new
        {
            url = $"http://localhost:{_installation.WebhookPort}/",
            events = new[] { "lead.created", "lead.updated", "meeting.booked", "handoff.accepted", "handoff.returned" },
        });
        await _webhooks.WriteAsync(webhook.GetProperty("secret").GetString()!);
        await Eventually.TrueAsync(() => _webhooks.Lines.Any(line => line.TryGetProperty("secrets", out _)), "the receiver has the secret");
        await SendAsync(HttpMethod.Post, "/api/prices", new { name = "City bike", amount = 899, currency = "EUR" });
        await SendAsync(HttpMethod.Put, "/api/leads/qualification", await GetAsync<JsonElement>("/api/leads/qualification/template"));
        var rep = await SendAsync(HttpMethod.Post, "/api/reps", new { name = "Ana Brandt", email = "ana@shop.example", timeZone = "UTC" });
        Rep = rep.GetProperty("id").GetGuid();
        var weekly = Days.Select(day => new { day, from = "09:00", to = "17:00" });
        await SendAsync(HttpMethod.Put, $"/api/reps/{Rep}/hours", new { weekly, slotMinutes = 30 });
        await SendAsync(HttpMethod.Post, "/api/knowledge/demos", new
        {
            kind = "image",
            url = new Uri(_installation.Api, "/embed/preview.png").ToString(),
            title = "The city bike in a minute",
            description = "A tour of the city bike.",
            showWhen = "The visitor wants to see the city bike or a demo of it.",
        });
        await Eventually.TrueAsync(
            async () => (await GetAsync<DemoPage>("/api/knowledge/demos")).Demos.All(entry => entry.Status == EntryStatusName.Ready),
            "the demo can be found");
    }
}
