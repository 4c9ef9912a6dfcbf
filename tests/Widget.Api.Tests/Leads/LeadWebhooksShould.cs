using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Leads;

/// <summary>What webhooks report about leads. The messages are read from the list of deliveries; nothing listens at the address.</summary>
public sealed class LeadWebhooksShould(ApiFixture api)
{
    [Fact]
    public async Task Report_a_new_lead_once_with_its_score_and_owner()
    {
        var (tenant, webhook) = await TenantAsync();
        var grace = await tenant.AddOwnerAsync("Grace");

        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");

        var message = (await MessagesAsync(tenant, webhook)).Single();
        message.Event.ShouldBe(WebhookEvents.LeadCreated);
        message.Data.GetProperty("name").GetString().ShouldBe("Ada");
        message.Data.GetProperty("score").GetInt32().ShouldBe(10);
        message.Data.GetProperty("owner").GetGuid().ShouldBe(grace);
        message.Data.TryGetProperty("verified_id", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Report_a_change_once_and_nothing_if_nothing_has_changed()
    {
        var (tenant, webhook) = await TenantAsync();
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        var lead = await tenant.LeadAsync("Ada");

        await tenant.PatchLeadAsync(lead.Id, new { name = "Ada King", tier = "hot", phone = "+4917112345678" });
        await tenant.PatchLeadAsync(lead.Id, new { name = "Ada King" });
        await visitor.GiveAsync(new { clientId = "2", email = "ada@acme.example" });
        await tenant.QualifyAsync(new { questions = Array.Empty<object>() });
        await NothingToScoreAsync(tenant);

        (await MessagesAsync(tenant, webhook)).Select(message => message.Event)
            .ShouldBe([WebhookEvents.LeadUpdated, WebhookEvents.LeadCreated]);
    }

    [Fact]
    public async Task Report_a_new_score_that_follows_from_the_conversation()
    {
        var (tenant, webhook) = await TenantAsync();
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");

        await visitor.AskAsync("Could you give us a demo of the software?");

        await Eventually.TrueAsync(async () => (await MessagesAsync(tenant, webhook)).Count == 2, "the new score is reported");
        await NothingToScoreAsync(tenant);
        var messages = await MessagesAsync(tenant, webhook);
        messages.Select(message => message.Data.GetProperty("score").GetInt32()).ShouldBe([20, 10]);
    }

    [Fact]
    public async Task Report_a_merge_with_ids_and_both_leads_after_undoing_it()
    {
        var (tenant, webhook) = await TenantAsync();
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.VisitAndGiveAsync("bob@acme.example", "Bob");
        var (ada, bob) = (await tenant.LeadAsync("Ada"), await tenant.LeadAsync("Bob"));

        await tenant.MergeAsync(bob.Id, ada.Id);
        await tenant.UndoMergeAsync(bob.Id);

        var messages = await MessagesAsync(tenant, webhook);
        var merge = messages.Single(message => message.Event == WebhookEvents.LeadMerged);
        JsonSerializer.Deserialize<Dictionary<string, Guid>>(merge.Data)
            .ShouldBe(new Dictionary<string, Guid> { ["id"] = bob.Id, ["into"] = ada.Id }, ignoreOrder: true);
        var updates = messages.Where(message => message.Event == WebhookEvents.LeadUpdated).Select(message => message.Data).ToList();
        updates.Count(update => update.GetProperty("otherEmails").GetArrayLength() == 1).ShouldBe(1);
        updates.Select(update => update.GetProperty("id").GetGuid()).Distinct().ShouldContain(ada.Id);
    }

    private async Task<(TestTenant Tenant, Guid Webhook)> TenantAsync()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.QualifyAsync(new { questions = Array.Empty<object>() });
        var created = await tenant.Developer.PostAsJsonAsync(
            "/api/webhooks",
            new
            {
                url = "https://crm.example/hooks",
                events = new[] { WebhookEvents.LeadCreated, WebhookEvents.LeadUpdated, WebhookEvents.LeadMerged },
            });
        return (tenant, (await created.Content.ReadFromJsonAsync<CreatedWebhook>(TestTenant.Json))!.Id);
    }

    private static async Task<IReadOnlyList<WebhookDelivery>> MessagesAsync(TestTenant tenant, Guid webhook) =>
        (await tenant.Developer.GetFromJsonAsync<WebhookDeliveryPage>($"/api/webhooks/{webhook}/deliveries", TestTenant.Json))!.Items;

    private Task NothingToScoreAsync(TestTenant tenant) => Eventually.TrueAsync(
        async () => await api.Database.OwnerSource.ExecuteAsync(
            "select count(*) from leads_to_score where tenant_id = $1",
            tenant.Created.TenantId) is 0L,
        "all leads are scored");
}
