using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MimeKit;
using Widget.Api.Mail;
using Widget.Api.Tests.Chat;
using Widget.Api.Tests.Mail;
using Widget.Api.Tests.Meetings;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Inbox;

/// <summary>The e-mails about handoffs, in a database of their own, because any node of a database may send them.</summary>
public sealed partial class HandoffMailsShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private SmtpReceiver _receiver = null!;
    private ApiNode _node = null!;
    private InboxWorld _world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _receiver = new SmtpReceiver();
        _node = await StartAsync();
        _world = new InboxWorld(await TestTenant.CreateAsync(_database, _node));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Tell_each_rep_once_for_each_request_when_nobody_is_there()
    {
        await _world.RepAsync("Ada");
        await _world.RepAsync("Bob");
        await _world.Tenant.ConfigureAsync(new { locale = "de" });
        var visitor = await _world.Tenant.VisitAsync();
        await visitor.SendAsync("How much is delivery?", accept: "application/json");

        await visitor.RequestHumanAsync(new { clientId = "1", name = "Grace", reason = "A large order" });
        await visitor.RequestHumanAsync(new { clientId = "1" });
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 2, "both reps are told");
        await visitor.RequestHumanAsync(new { clientId = "2" });
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 4, "both are told again");
        await SettledAsync(visitor);

        _receiver.Messages.Count.ShouldBe(4);
        _receiver.Messages.Select(mail => mail.To.ToString()).Distinct().Order().ShouldBe(["ada@harbor.example", "bob@harbor.example"]);
        var mail = _receiver.Messages.First();
        mail.Subject.ShouldBe("Im Chat von Harbor Bikes wartet eine Unterhaltung: Grace");
        var text = mail.TextBody.ShouldNotBeNull();
        text.ShouldContain("Grund: A large order");
        text.ShouldContain("Grace: How much is delivery?");
    }

    [Fact]
    public async Task Tell_the_owner_of_the_lead_first_and_the_others_only_if_the_owner_does_not_accept_in_time()
    {
        await _world.RepAsync("Ada");
        await _world.RepAsync("Bob");
        var visitor = await _world.Tenant.VisitAsync();

        await visitor.RequestHumanAsync(new { clientId = "1", name = "Grace", email = "grace@example.com" });
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 1, "the owner is told");
        await SettledAsync(visitor);
        var mail = _receiver.Messages.ShouldHaveSingleItem();
        var lead = (await _world.Developer.GetFromJsonAsync<LeadPage>("/api/leads", TestTenant.Json, Ct))!.Items.ShouldHaveSingleItem();
        mail.To.ToString().ShouldBe($"{lead.Owner!.Name.ToLowerInvariant()}@harbor.example");
        mail.ReplyTo.ToString().ShouldBe("grace@example.com");

        await RunAsync("mail_others_at = now(), due_at = now()", visitor);
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 2, "the other rep is told");
        await RunAsync("due_at = now()", visitor);
        await SettledAsync(visitor);
        _receiver.Messages.Select(message => message.To.ToString()).Order().ShouldBe(["ada@harbor.example", "bob@harbor.example"]);
    }

    [Fact]
    public async Task Tell_all_reps_at_once_if_the_owner_of_the_lead_is_away()
    {
        var (ada, bob) = (await _world.RepAsync("Ada"), await _world.RepAsync("Bob"));
        var visitor = await _world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync(new { clientId = "1", email = "grace@example.com" });
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 1, "the owner is told");
        foreach (var rep in new[] { ada, bob })
            (await _world.Developer.PatchAsJsonAsync($"/api/reps/{rep.Id}", new { away = true }, Ct)).EnsureSuccessStatusCode();

        await visitor.RequestHumanAsync(new { clientId = "2" });

        await Eventually.TrueAsync(() => _receiver.Messages.Count == 3, "both are told");
    }

    [Fact]
    public async Task Not_tell_the_reps_by_mail_while_somebody_is_asked_in_the_inbox()
    {
        var ada = await _world.PresentRepAsync("Ada");
        var visitor = await _world.Tenant.VisitAsync();

        await visitor.RequestHumanAsync();
        await _world.EventuallyAsync(visitor, item => item.OfferedTo == ada.Id, "it is offered");
        _receiver.Messages.ShouldBeEmpty();
        await RunAsync("offered_until = now() - interval '1 second', due_at = now()", visitor);

        await Eventually.TrueAsync(() => _receiver.Messages.Count == 1, "the rep is told by mail afterwards");
    }

    [Fact]
    public async Task Bring_a_missed_reply_to_the_visitor_with_a_link_that_continues_the_conversation()
    {
        var ada = await _world.RepAsync("Ada");
        var visitor = await _world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync(new { name = "Grace", email = "grace@example.com", locale = "de" });
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 1, "the rep is told");
        await _world.AcceptAsync(visitor, ada);
        await _world.ReplyAsync(visitor, ada, "The price is 49 euros.");
        await _world.ReplyAsync(visitor, ada, "Shall we send an offer?");

        await RunAsync("replied_at = now() - interval '6 minutes', due_at = now()", visitor);
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 2, "the visitor is told");
        await RunAsync("due_at = now()", visitor);
        await SettledAsync(visitor);

        _receiver.Messages.Count.ShouldBe(2);
        var mail = _receiver.Messages.Last();
        mail.To.ToString().ShouldBe("grace@example.com");
        mail.Subject.ShouldBe("Ada of Harbor Bikes has replied to you");
        var text = mail.TextBody.ShouldNotBeNull();
        text.ShouldContain("The price is 49 euros.");
        text.ShouldContain("Shall we send an offer?");
        var link = Link().Match(text).Value;
        link.ShouldStartWith($"{_node.Address.GetLeftPart(UriPartial.Authority)}/widget/{_world.Tenant.Created.Slug}?continue=");
        mail.HtmlBody.ShouldNotBeNull().ShouldContain($"<a href=\"{link}\">");

        // On another device, the link opens the same conversation, and its token is kept nowhere.
        using var client = _node.Client();
        (await client.GetAsync(link, Ct)).EnsureSuccessStatusCode();
        var session = await OpenAsync(link);
        (session.VisitorId, session.ConversationId).ShouldBe((visitor.Session.VisitorId, visitor.Session.ConversationId));
        var device = new TestVisitor(_node, session);
        var response = await device.Client.PostAsJsonAsync(
            $"{device.Conversation}/messages",
            new { clientId = "1", text = "Yes, please.", page = $"{link}&lang=en" },
            Ct);
        response.EnsureSuccessStatusCode();
        (await device.EventsAsync()).OfType<VisitorMessage>().Single().Page.ShouldBe($"{link[..link.IndexOf('?')]}?lang=en");
        // A changed token opens nothing.
        (await OpenAsync(link[..^6] + "AAAAAA")).ConversationId.ShouldNotBe(visitor.Session.ConversationId);
        var other = await TestTenant.CreateAsync(_database, _node);
        (await OpenAsync(link, other)).ConversationId.ShouldNotBe(visitor.Session.ConversationId);
    }

    [Fact]
    public async Task Reach_a_visitor_whose_address_only_the_lead_has_and_link_to_no_stranger()
    {
        var ada = await _world.PresentRepAsync("Ada");
        await _world.Developer.PutAsJsonAsync($"/api/reps/{ada.Id}/hours", new { weekly = MeetingWorld.Always, slotMinutes = 30 }, Ct);
        var visitor = await _world.Tenant.VisitAsync();
        (await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/messages",
            new { clientId = "1", text = "Hello", page = "https://evil.example/offer" },
            Ct)).EnsureSuccessStatusCode();
        await (await visitor.TryBookAsync((await _world.Tenant.SlotsAsync())[0].Start, email: "grace@example.com")).ToBookedAsync();
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 2, "the invitations are sent");
        await _world.AcceptAsync(visitor, ada);
        await _world.ReplyAsync(visitor, ada, "See you then.");

        await RunAsync("replied_at = now() - interval '6 minutes', due_at = now()", visitor);

        await Eventually.TrueAsync(() => _receiver.Messages.Count == 3, "the visitor is told");
        var mail = _receiver.Messages.Last();
        mail.To.ToString().ShouldBe("grace@example.com");
        mail.TextBody.ShouldNotBeNull().ShouldNotContain("evil.example");
    }

    [Fact]
    public async Task Not_reach_a_visitor_who_has_read_the_reply_or_is_connected()
    {
        var ada = await _world.PresentRepAsync("Ada");
        var (reader, connected) = (await _world.Tenant.VisitAsync(), await _world.Tenant.VisitAsync());
        foreach (var visitor in new[] { reader, connected })
        {
            await visitor.RequestHumanAsync(new { email = "grace@example.com" });
            await _world.AcceptAsync(visitor, ada);
        }

        await using var hub = await HubClient.ConnectAsync(_node, connected.Session.Token);
        await hub.StreamAsync("watch", "Watch", connected.Session.ConversationId, 0);
        await foreach (var update in hub.ItemsAsync<ConversationUpdate>("watch")) if (update.Event is PersonJoined) break;
        var reply = await _world.ReplyAsync(reader, ada, "Hello");
        await _world.ReplyAsync(connected, ada, "Hello");
        (await reader.Client.PostAsJsonAsync($"{reader.Conversation}/read", new { seq = reply.Seq }, Ct)).EnsureSuccessStatusCode();
        await RunAsync("visitor_seen_at = now() - interval '2 minutes', replied_at = now() - interval '6 minutes', due_at = now()", reader);
        await RunAsync("replied_at = now() - interval '6 minutes', due_at = now()", connected);

        await SettledAsync(reader);
        await SettledAsync(connected);

        _receiver.Messages.ShouldBeEmpty();
        // Once the visitor has left, the reply is sent.
        await hub.DisposeAsync();
        await RunAsync("visitor_seen_at = now() - interval '2 minutes', due_at = now()", connected);
        await Eventually.TrueAsync(() => _receiver.Messages.Count == 1, "the reply is sent");
    }

    private async Task<SessionResponse> OpenAsync(string page, TestTenant? tenant = null)
    {
        using var client = _node.Client();
        var response = await client.PostAsJsonAsync(
            "/api/widget/session",
            new { siteKey = (tenant ?? _world.Tenant).Created.SiteKey, page },
            Ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json, Ct))!;
    }

    // Waits until no node has anything to do for the conversation now.
    private Task SettledAsync(TestVisitor visitor) => Eventually.TrueAsync(
        async () =>
        {
            await using var command = _database.OwnerSource.CreateCommand(
                "select coalesce(due_at > now(), true) and lease_owner is null from handoffs where conversation_id = $1");
            command.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            return await command.ExecuteScalarAsync(Ct) is true;
        },
        "the conversation is settled");

    private async Task RunAsync(string set, TestVisitor visitor)
    {
#pragma warning disable CA2100 // Constants of the test.
        await using var command = _database.OwnerSource.CreateCommand($"update handoffs set {set} where conversation_id = $1");
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = visitor.Session.ConversationId });
        (await command.ExecuteNonQueryAsync(Ct)).ShouldBe(1);
    }

    private Task<ApiNode> StartAsync() => ApiNode.StartAsync(
        _database,
        configure: options => options with
        {
            Mail = new MailOptions { Server = _receiver.Address, From = new MailboxAddress("Widget", "chat@widget.example") },
        });

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Link();
}
