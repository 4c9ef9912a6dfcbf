using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tests.Meetings;
using Widget.Api.Webhooks;
using Widget.Contracts;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Webhooks;

/// <summary>Webhooks, in a database of their own, because any node of a database may send them.</summary>
public sealed class WebhooksShould : IAsyncLifetime
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);

    private TestDatabase _database = null!;
    private WebhookReceiver _receiver = null!;
    private ApiNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _receiver = await WebhookReceiver.StartAsync();
        _node = await StartAsync(new WebhookOptions { FirstPause = ShortPause, MaxPause = ShortPause });
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Report_a_lead_signed_as_the_public_verifier_expects()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated, WebhookEvents.HandoffRequested);
        var visitor = await tenant.VisitAsync();

        await RequestPersonAsync(visitor, "1", "Ada@Example.com");

        var lead = await _receiver.ReceivesAsync(WebhookEvents.LeadCreated);
        var handoff = await _receiver.ReceivesAsync(WebhookEvents.HandoffRequested);
        lead.Data.GetProperty("email").GetString().ShouldBe("Ada@Example.com");
        lead.Data.TryGetProperty("tenant_id", out _).ShouldBeFalse();
        handoff.Data.GetProperty("conversationId").GetGuid().ShouldBe(visitor.Session.ConversationId);
        (await WebhookReceiver.VerifiesAsync(webhook.Secret, lead)).ShouldBeTrue();
        (await WebhookReceiver.VerifiesAsync(WebhookSecrets.New(), lead)).ShouldBeFalse();
        var delivered = (await DeliveriesAsync(tenant, webhook)).ShouldAllBeDelivered();
        delivered.Select(delivery => $"msg_{delivery.Id:N}").ShouldBe([lead.Id, handoff.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Report_only_the_events_that_were_asked_for()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await AddAsync(tenant, WebhookEvents.ConversationStarted, WebhookEvents.QuestionUnanswered);

        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("Who won the football world cup in 1954?");

        var unanswered = await _receiver.ReceivesAsync(WebhookEvents.QuestionUnanswered);
        unanswered.Data.GetProperty("question").GetString().ShouldBe("Who won the football world cup in 1954?");
        _receiver.Accepted.Select(message => message.Event)
            .ShouldBe([WebhookEvents.ConversationStarted, WebhookEvents.QuestionUnanswered]);
    }

    [Fact]
    public async Task Report_meetings_that_a_program_books_moves_and_cancels()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await AddAsync(tenant, WebhookEvents.MeetingBooked, WebhookEvents.MeetingRescheduled, WebhookEvents.MeetingCancelled);
        await tenant.AddRepAsync();
        var slots = await tenant.SlotsAsync();

        var response = await tenant.Developer.PostAsJsonAsync(
            "/api/meetings",
            new { slotStart = slots[0].Start, lead = new { email = "ada@example.com", name = "Ada" }, idempotencyKey = "1" });
        var booked = await _receiver.ReceivesAsync(WebhookEvents.MeetingBooked);
        var id = booked.Data.GetProperty("meetingId").GetGuid();
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        await tenant.Developer.PostAsJsonAsync($"/api/meetings/{id}/reschedule", new { slotStart = slots[5].Start });
        var moved = await _receiver.ReceivesAsync(WebhookEvents.MeetingRescheduled);
        await tenant.Developer.PostAsync($"/api/meetings/{id}/cancel", content: null);
        await _receiver.ReceivesAsync(WebhookEvents.MeetingCancelled);

        booked.Data.GetProperty("start").GetDateTimeOffset().ShouldBe(slots[0].Start);
        (booked.Data.GetProperty("email").GetString(), booked.Data.GetProperty("repName").GetString())
            .ShouldBe(("ada@example.com", "Grace Hopper"));
        moved.Data.GetProperty("start").GetDateTimeOffset().ShouldBe(slots[5].Start);
        moved.Data.GetProperty("previousStart").GetDateTimeOffset().ShouldBe(slots[0].Start);
    }

    [Fact]
    public async Task Not_wait_for_another_tenants_slow_receiver()
    {
        var (slow, quick) = (await TestTenant.CreateAsync(_database, _node), await TestTenant.CreateAsync(_database, _node));
        var added = await slow.Developer.PostAsJsonAsync(
            "/api/webhooks",
            new { url = _receiver.SlowUrl, events = new[] { WebhookEvents.ConversationStarted } });
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        await AddAsync(quick, WebhookEvents.ConversationStarted);
        for (var i = 0; i < 8; i++) await slow.VisitAsync();
        await Eventually.TrueAsync(() => _receiver.SlowRequests == 2, "the slow endpoint has two messages");

        var visitor = await quick.VisitAsync();

        (await _receiver.ReceivesAsync(WebhookEvents.ConversationStarted)).Data.GetProperty("conversationId").GetGuid()
            .ShouldBe(visitor.Session.ConversationId);
        _receiver.SlowRequests.ShouldBeLessThan(6);
    }

    [Fact]
    public async Task Report_changed_knowledge()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await AddAsync(tenant, WebhookEvents.KnowledgeUpdated);

        var job = await tenant.ImportAsync(new { id = "a", title = "Opening hours", text = "We are open on Sunday." });

        (await _receiver.ReceivesAsync(WebhookEvents.KnowledgeUpdated)).Data.GetProperty("jobId").GetGuid().ShouldBe(job.JobId);
    }

    [Fact]
    public async Task Report_who_takes_a_conversation_and_when_the_assistant_answers_again()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var world = new Inbox.InboxWorld(tenant);
        var webhook = await AddAsync(
            tenant,
            WebhookEvents.HandoffRequested,
            WebhookEvents.HandoffAccepted,
            WebhookEvents.HandoffReturned,
            WebhookEvents.ConversationClosed);
        var ada = await world.RepAsync("Ada");
        var visitor = await tenant.VisitAsync();

        await Inbox.HumanVisitor.RequestHumanAsync(visitor, new { reason = "A large order" });
        await world.AcceptAsync(visitor, ada);
        await world.ActAsync(visitor, "return", new { repId = ada.Id });
        await world.AcceptAsync(visitor, ada);
        await world.ActAsync(visitor, "close", new { repId = ada.Id });
        await _receiver.ReceivesAsync(WebhookEvents.ConversationClosed);

        var deliveries = (await DeliveriesAsync(tenant, webhook)).Reverse().ToList();
        deliveries.Select(delivery => delivery.Event).ShouldBe(
            [
                WebhookEvents.HandoffRequested,
                WebhookEvents.HandoffAccepted,
                WebhookEvents.HandoffReturned,
                WebhookEvents.HandoffAccepted,
                WebhookEvents.ConversationClosed,
            ]);
        deliveries[0].Data.GetProperty("reason").GetString().ShouldBe("A large order");
        deliveries[1].Data.GetProperty("name").GetString().ShouldBe("Ada");
        deliveries[2].Data.GetProperty("reason").GetString().ShouldBe("returned");
        deliveries[4].Data.GetProperty("conversationId").GetGuid().ShouldBe(visitor.Session.ConversationId);
    }

    [Fact]
    public async Task Report_a_repeated_request_once()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.HandoffRequested);
        var visitor = await tenant.VisitAsync();

        // The second request has the same client id, so it appends nothing.
        await RequestPersonAsync(visitor, "1", "ada@example.com");
        await RequestPersonAsync(visitor, "1", "ada@example.com");
        await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null);
        await _receiver.ReceivesAsync(WebhookEvents.Test);

        (await DeliveriesAsync(tenant, webhook)).Select(delivery => delivery.Event)
            .ShouldBe([WebhookEvents.Test, WebhookEvents.HandoffRequested]);
    }

    [Fact]
    public async Task Arrive_in_order_after_an_outage_of_the_receiver_during_which_nodes_stopped()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.HandoffRequested);
        var visitors = new[] { await tenant.VisitAsync(), await tenant.VisitAsync() };
        _receiver.Status = 503;
        for (var i = 0; i < 5; i++)
            foreach (var visitor in visitors) await RequestPersonAsync(visitor, $"{i}", email: null);
        await Eventually.TrueAsync(() => Task.FromResult(_receiver.Refused.Count > 3), "messages were refused");
        for (var i = 0; i < 2; i++)
        {
            await _node.DisposeAsync();
            _node = await StartAsync(new WebhookOptions { FirstPause = ShortPause, MaxPause = ShortPause });
        }

        _receiver.Status = 200;
        await Eventually.TrueAsync(() => Task.FromResult(_receiver.Accepted.Count >= 10), "all messages have arrived");

        foreach (var visitor in visitors)
        {
            _receiver.Accepted.Where(message => message.Data.GetProperty("conversationId").GetGuid() == visitor.Session.ConversationId)
                .Select(message => message.Data.GetProperty("seq").GetInt32()).Distinct().ShouldBe([1, 2, 3, 4, 5]);
        }

        var ids = _receiver.Accepted.Select(message => message.Id).ToHashSet();
        ids.Count.ShouldBe(10);
        _receiver.Refused.ShouldAllBe(message => ids.Contains(message.Id));
        tenant = new TestTenant(_node, tenant.Created);
        (await DeliveriesAsync(tenant, webhook)).ShouldAllBeDelivered();
    }

    [Fact]
    public async Task Arrive_in_order_about_a_lead_and_about_a_meeting_outside_of_a_conversation()
    {
        await _node.DisposeAsync();
        var pause = TimeSpan.FromSeconds(2);
        _node = await StartAsync(new WebhookOptions { FirstPause = pause, MaxPause = pause });
        var tenant = await TestTenant.CreateAsync(_database, _node);
        await AddAsync(
            tenant,
            WebhookEvents.LeadCreated,
            WebhookEvents.LeadUpdated,
            WebhookEvents.MeetingBooked,
            WebhookEvents.MeetingRescheduled);
        await tenant.AddRepAsync();
        var slots = await tenant.SlotsAsync();
        _receiver.Status = 503;
        var booked = await tenant.Developer.PostAsJsonAsync(
            "/api/meetings",
            new { slotStart = slots[0].Start, lead = new { email = "ada@example.com" }, idempotencyKey = "1" });
        var meeting = (await booked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await Eventually.TrueAsync(() => _receiver.Refused.Count >= 2, "both messages were refused");

        // The refused messages are sent again after a pause. What happens meanwhile must not arrive before them.
        _receiver.Status = 200;
        (await tenant.Developer.PostAsJsonAsync($"/api/meetings/{meeting}/reschedule", new { slotStart = slots[5].Start }))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
        var lead = (await tenant.Developer.GetFromJsonAsync<LeadPage>("/api/leads", TestTenant.Json))!.Items.Single().Id;
        (await tenant.Developer.PatchAsJsonAsync($"/api/leads/{lead}", new { name = "Ada Lovelace" }))
            .StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(() => _receiver.Accepted.Count >= 4, "all messages have arrived");
        var accepted = _receiver.Accepted.Select(message => message.Event).ToList();
        accepted.Where(name => name.StartsWith("lead.", StringComparison.Ordinal))
            .ShouldBe([WebhookEvents.LeadCreated, WebhookEvents.LeadUpdated]);
        accepted.Where(name => name.StartsWith("meeting.", StringComparison.Ordinal))
            .ShouldBe([WebhookEvents.MeetingBooked, WebhookEvents.MeetingRescheduled]);
    }

    [Fact]
    public async Task Be_sent_again_on_request_with_the_same_id()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated);
        (await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var first = await _receiver.ReceivesAsync(WebhookEvents.Test);
        await Eventually.TrueAsync(async () => (await DeliveriesAsync(tenant, webhook)).Single().State == "delivered", "it is recorded");
        var delivery = (await DeliveriesAsync(tenant, webhook)).Single();

        var replayed = await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/deliveries/{delivery.Id}/replay", null);

        replayed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(() => Task.FromResult(_receiver.Accepted.Count == 2), "it has arrived again");
        _receiver.Accepted.Select(message => message.Id).Distinct().ShouldBe([first.Id]);
    }

    [Fact]
    public async Task Be_signed_with_both_secrets_while_one_is_replaced()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated);

        var replaced = await (await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/secret", null))
            .Content.ReadFromJsonAsync<WebhookSecret>(TestTenant.Json);
        await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null);

        var message = await _receiver.ReceivesAsync(WebhookEvents.Test);
        (await WebhookReceiver.VerifiesAsync(webhook.Secret, message)).ShouldBeTrue();
        (await WebhookReceiver.VerifiesAsync(replaced!.Secret, message)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(410, "The endpoint answered with status 410 (gone).")]
    [InlineData(500, "No message arrived for 0 days. Last error: The endpoint answered with status 500.")]
    public async Task Stop_when_the_endpoint_is_gone_or_fails_for_too_long(int status, string reason)
    {
        await _node.DisposeAsync();
        _node = await StartAsync(
            new WebhookOptions { FirstPause = ShortPause, MaxPause = ShortPause, MaxAge = TimeSpan.FromSeconds(1) });
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated);
        _receiver.Status = status;

        await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null);

        await Eventually.TrueAsync(async () => !(await ReadAsync(tenant, webhook)).Enabled, "the endpoint is disabled");
        (await ReadAsync(tenant, webhook)).DisabledReason.ShouldBe(reason);
        (await DeliveriesAsync(tenant, webhook)).Single().State.ShouldBe("failed");
        _receiver.Status = 200;
        await tenant.Developer.PatchAsJsonAsync($"/api/webhooks/{webhook.Id}", new { enabled = true });
        await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null);
        await _receiver.ReceivesAsync(WebhookEvents.Test);
        (await ReadAsync(tenant, webhook)).DisabledReason.ShouldBeNull();
    }

    [Fact]
    public async Task Say_in_words_why_a_message_was_not_delivered()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated);
        _receiver.Status = 302;

        await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null);

        await Eventually.TrueAsync(
            async () => (await DeliveriesAsync(tenant, webhook)).Single().Error
                == "The endpoint answered with a redirect (302). Enter the address that it leads to.",
            "the redirect is told");
    }

    [Fact]
    public async Task Not_be_sent_to_private_addresses()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated);
        await _node.DisposeAsync();
        _node = await ApiNode.StartAsync(_database);
        tenant = new TestTenant(_node, tenant.Created);

        await tenant.Developer.PostAsync($"/api/webhooks/{webhook.Id}/test", null);

        await Eventually.TrueAsync(
            async () => (await DeliveriesAsync(tenant, webhook)).Single().Error
                == "The endpoint's host has a private address. Messages are sent to public addresses only.",
            "the private address is told");
        _receiver.Accepted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://example.com/hooks", "url")]
    [InlineData("https://user:secret@example.com/hooks", "url")]
    [InlineData("ftp://example.com", "url")]
    [InlineData("nonsense", "url")]
    [InlineData("", "url")]
    public async Task Refuse_an_address_that_is_not_safe(string url, string field)
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);

        var response = await tenant.Developer.PostAsJsonAsync("/api/webhooks", new { url, events = new[] { WebhookEvents.LeadCreated } });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name.ToLowerInvariant()).ShouldBe([field]);
    }

    [Fact]
    public async Task Refuse_an_unknown_event_and_name_the_known_ones()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);

        var response = await tenant.Developer.PostAsJsonAsync(
            "/api/webhooks",
            new { url = "https://example.com/hooks", events = new[] { "lead.sneezed" } });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("lead.created");
    }

    [Fact]
    public async Task Be_invisible_to_other_tenants()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(_database, _node), await TestTenant.CreateAsync(_database, _node));
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated, WebhookEvents.ConversationStarted);

        await other.VisitAsync();

        (await other.Developer.GetFromJsonAsync<Webhook[]>("/api/webhooks", TestTenant.Json)).ShouldBeEmpty();
        foreach (var path in new[] { "", "/deliveries" })
            (await other.Developer.GetAsync($"/api/webhooks/{webhook.Id}{path}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Developer.DeleteAsync($"/api/webhooks/{webhook.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await DeliveriesAsync(tenant, webhook)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_erased_with_their_conversation_and_lead()
    {
        var tenant = await TestTenant.CreateAsync(_database, _node);
        var webhook = await AddAsync(tenant, WebhookEvents.LeadCreated, WebhookEvents.HandoffRequested);
        var visitor = await tenant.VisitAsync();
        await RequestPersonAsync(visitor, "1", "ada@example.com");
        await _receiver.ReceivesAsync(WebhookEvents.LeadCreated);
        await _receiver.ReceivesAsync(WebhookEvents.HandoffRequested);

        await using var erase = _database.OwnerSource.CreateCommand("delete from conversations where id = $1");
        erase.Parameters.Add(new() { Value = visitor.Session.ConversationId });
        (await erase.ExecuteNonQueryAsync()).ShouldBe(1);

        (await DeliveriesAsync(tenant, webhook)).ShouldBeEmpty();
        (await tenant.Developer.DeleteAsync($"/api/webhooks/{webhook.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await tenant.Developer.GetAsync($"/api/webhooks/{webhook.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<ApiNode> StartAsync(WebhookOptions options) => ApiNode.StartAsync(
        _database,
        fetching: new FetchOptions { AllowedPrivateHosts = new HashSet<string>(StringComparer.Ordinal) { _receiver.Address.Authority } },
        configure: server => server with { Webhooks = options });

    private async Task<CreatedWebhook> AddAsync(TestTenant tenant, params string[] events)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/webhooks", new { url = _receiver.Url, events });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<CreatedWebhook>(TestTenant.Json))!;
    }

    private static async Task<Webhook> ReadAsync(TestTenant tenant, Webhook webhook) =>
        (await tenant.Developer.GetFromJsonAsync<Webhook>($"/api/webhooks/{webhook.Id}", TestTenant.Json))!;

    private static async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(TestTenant tenant, Webhook webhook) =>
        (await tenant.Developer.GetFromJsonAsync<WebhookDeliveryPage>($"/api/webhooks/{webhook.Id}/deliveries", TestTenant.Json))!.Items;

    private static async Task RequestPersonAsync(TestVisitor visitor, string clientId, string? email)
    {
        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId, email });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}

file static class Deliveries
{
    public static IReadOnlyList<WebhookDelivery> ShouldAllBeDelivered(this IReadOnlyList<WebhookDelivery> deliveries)
    {
        deliveries.ShouldAllBe(delivery => delivery.State == "delivered");
        return deliveries;
    }
}
