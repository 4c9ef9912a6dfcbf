using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Inbox;

public sealed class RoutingShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Offer_a_waiting_conversation_to_the_next_rep_when_one_does_not_accept_and_then_give_up()
    {
        var world = await InboxWorld.CreateAsync(api);
        var reps = new[] { await world.PresentRepAsync("Ada"), await world.PresentRepAsync("Bob") };
        var away = await world.RepAsync("Cyd");
        var visitor = await world.Tenant.VisitAsync();
        var requested = await visitor.RequestHumanAsync();

        var first = (await world.EventuallyAsync(visitor, item => item.OfferedTo is not null, "it is offered")).OfferedTo!.Value;
        await ExpireAsync(visitor);
        var next = await world.EventuallyAsync(visitor, item => item.OfferedTo is { } to && to != first, "the next one is asked");
        var second = next.OfferedTo!.Value;
        await ExpireAsync(visitor);
        await world.EventuallyAsync(visitor, item => item.OfferedTo is null, "nobody is left");

        requested.Present.ShouldBeTrue();
        new[] { first, second }.ShouldBe(reps.Select(rep => rep.Id), ignoreOrder: true);
        var left = (await visitor.EventsAsync()).OfType<PersonLeft>().Single();
        (left.Reason, left.RepId).ShouldBe((PersonLeftReason.NoReply, null));
        // It still waits, and the assistant answers meanwhile.
        (await world.ThreadAsync(visitor)).Item.State.ShouldBe(InboxState.Waiting);
        (await visitor.SendAsync("Hello", accept: "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        // Somebody who comes later is asked.
        await world.PresentAsync(away, true);
        await world.EventuallyAsync(visitor, item => item.OfferedTo == away.Id, "the rep who came is asked");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_the_visitors_last_message_when_nobody_takes_over(bool choosesAssistant)
    {
        var world = await InboxWorld.CreateAsync(api);
        await world.PresentRepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync();
        await world.EventuallyAsync(visitor, item => item.OfferedTo is not null, "it is offered");
        await visitor.WriteAsync("Do you deliver?");

        if (choosesAssistant)
        {
            (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/assistant", new { clientId = "back" })).StatusCode
                .ShouldBe(HttpStatusCode.OK);
        }
        else
        {
            await ExpireAsync(visitor);
        }

        await Eventually.TrueAsync(
            async () => (await visitor.EventsAsync()).OfType<AssistantMessage>().Any(),
            "the assistant answers");
        var events = await visitor.EventsAsync();
        events.OfType<AssistantMessage>().Single().ReplyTo.ShouldBe(events.OfType<VisitorMessage>().Single().Seq);
    }

    [Fact]
    public async Task Leave_a_conversation_that_is_assigned_or_reopened_to_the_assistant_until_a_rep_accepts()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.PresentRepAsync("Ada"), await world.PresentRepAsync("Bob"));
        var visitor = await world.Tenant.VisitAsync();
        await visitor.AskAsync("Hello?");

        await world.ActAsync(visitor, "assign", new { repId = bob.Id, toRepId = ada.Id });
        (await world.ThreadAsync(visitor)).Item.OfferedTo.ShouldBe(ada.Id);
        // The visitor has asked for nobody, so silence would be a surprise.
        await visitor.AskAsync("Do you deliver?");
        await world.AcceptAsync(visitor, ada);
        await visitor.WriteAsync("Are you a person?");
        await world.ActAsync(visitor, "close", new { repId = ada.Id });
        await world.ActAsync(visitor, "reopen", new { repId = ada.Id });
        await visitor.AskAsync("Are you still there?");
        await world.AcceptAsync(visitor, bob);

        await visitor.WriteAsync("And now?");
        // Who waits for a person already keeps waiting, in silence.
        var waiting = await world.Tenant.VisitAsync();
        await waiting.RequestHumanAsync();
        await world.ActAsync(waiting, "assign", new { repId = ada.Id, toRepId = bob.Id });
        await waiting.WriteAsync("Hello?");
    }

    [Fact]
    public async Task Give_each_conversation_to_the_rep_with_the_fewest()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.PresentRepAsync("Ada"), await world.PresentRepAsync("Bob"));
        await world.AcceptAsync(await world.Tenant.VisitAsync(), ada);
        await world.AcceptAsync(await world.Tenant.VisitAsync(), ada);
        var offered = new List<Guid?>();
        for (var i = 0; i < 4; i++)
        {
            var visitor = await world.Tenant.VisitAsync();
            await visitor.RequestHumanAsync();
            offered.Add((await world.EventuallyAsync(visitor, item => item.OfferedTo is not null, "it is offered")).OfferedTo);
        }

        offered[..2].ShouldAllBe(rep => rep == bob.Id);
        offered[2..].ShouldBe([ada.Id, bob.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Offer_the_oldest_first_when_somebody_comes()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitors = new List<TestVisitor>();
        for (var i = 0; i < 4; i++)
        {
            visitors.Add(await world.Tenant.VisitAsync());
            await visitors[i].RequestHumanAsync();
        }

        // Reopened, so the youngest.
        var reopened = visitors[0];
        await world.ActAsync(reopened, "close", new { repId = ada.Id });
        await world.ActAsync(reopened, "reopen", new { repId = ada.Id });
        await world.PresentAsync(ada, true);
        foreach (var visitor in visitors) await world.EventuallyAsync(visitor, item => item.OfferedTo == ada.Id, "it is offered");

        var offers = new List<(Guid Id, DateTimeOffset At)>();
        foreach (var visitor in visitors)
            offers.Add((visitor.Session.ConversationId, (await world.ThreadAsync(visitor)).Item.OfferedUntil!.Value));
        TestVisitor[] expected = [visitors[1], visitors[2], visitors[3], reopened];
        offers.OrderBy(offer => offer.At).Select(offer => offer.Id).ShouldBe(expected.Select(visitor => visitor.Session.ConversationId));
        (await world.ListAsync("?state=waiting")).Items.Select(item => item.ConversationId)
            .ShouldBe(expected.Select(visitor => visitor.Session.ConversationId));
    }

    [Fact]
    public async Task Never_offer_to_a_rep_whose_signs_have_stopped()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.PresentRepAsync("Ada"), await world.PresentRepAsync("Bob"));
        await RunAsync("update rep_presence set seen_at = now() - interval '61 seconds' where rep_id = $1", ada.Id);
        for (var i = 0; i < 3; i++)
        {
            var visitor = await world.Tenant.VisitAsync();
            await visitor.RequestHumanAsync();
            (await world.EventuallyAsync(visitor, item => item.OfferedTo is not null, "it is offered")).OfferedTo.ShouldBe(bob.Id);
        }

        var presence = await world.Developer.GetFromJsonAsync<RepPresence[]>("/api/inbox/presence", TestTenant.Json, Ct);
        presence!.Select(rep => (rep.Name, rep.Available)).ShouldBe([("Ada", false), ("Bob", true)]);
    }

    [Fact]
    public async Task Put_an_unanswered_conversation_back_in_the_queue_when_its_rep_has_left()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.PresentRepAsync("Ada"), await world.PresentRepAsync("Bob"));
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        await visitor.WriteAsync("Are you still there?");
        await world.PresentAsync(ada, false);

        await RunAsync(
            "update handoffs set unanswered_since = now() - interval '3 minutes', due_at = now() where conversation_id = $1",
            visitor.Session.ConversationId);

        await world.EventuallyAsync(visitor, item => item is { State: InboxState.Waiting } && item.OfferedTo == bob.Id, "Bob is asked");
        (await visitor.EventsAsync()).OfType<PersonLeft>().Single().Reason.ShouldBe(PersonLeftReason.Transferred);
    }

    [Fact]
    public async Task Bring_a_snoozed_conversation_back_in_time_or_when_the_visitor_writes()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.PresentRepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        var snooze = new { repId = ada.Id, until = DateTimeOffset.UtcNow.AddDays(1) };

        (await world.ActAsync(visitor, "snooze", snooze)).SnoozedUntil.ShouldNotBeNull();
        await visitor.WriteAsync("One more thing");
        (await world.ThreadAsync(visitor)).Item.SnoozedUntil.ShouldBeNull();
        await world.ReplyAsync(visitor, ada, "Yes?");

        await world.ActAsync(visitor, "snooze", snooze);
        await RunAsync(
            "update handoffs set snoozed_until = now() - interval '1 second', due_at = now() where conversation_id = $1",
            visitor.Session.ConversationId);
        (await world.EventuallyAsync(visitor, item => item.SnoozedUntil is null, "it is back")).State.ShouldBe(InboxState.Open);

        // A rep who is away gets nothing back: the conversation waits for somebody who is there.
        await world.ActAsync(visitor, "snooze", snooze);
        await world.PresentAsync(ada, false);
        await RunAsync(
            "update handoffs set snoozed_until = now() - interval '1 second', due_at = now() where conversation_id = $1",
            visitor.Session.ConversationId);
        await world.EventuallyAsync(visitor, item => item.State == InboxState.Waiting, "it waits");
        await (await world.PostAsync(visitor, "snooze", new { repId = ada.Id, until = DateTimeOffset.UtcNow.AddDays(-1) }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "until");
    }

    private Task ExpireAsync(TestVisitor visitor) => RunAsync(
        "update handoffs set offered_until = now() - interval '1 second', due_at = now() where conversation_id = $1",
        visitor.Session.ConversationId);

    private async Task RunAsync(string sql, Guid id)
    {
#pragma warning disable CA2100 // Constants of the test.
        await using var command = api.Database.OwnerSource.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = id });
        (await command.ExecuteNonQueryAsync(Ct)).ShouldBe(1);
    }
}
