using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Inbox;

public sealed class HandoffShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Begin_as_the_visitors_very_first_act_and_silence_the_assistant_once_a_rep_accepts()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();

        var requested = await visitor.RequestHumanAsync(new { reason = "A large order", name = "Grace", email = "grace@example.com" });
        var waiting = (await world.ListAsync($"?state=waiting&rep={ada.Id}")).Items.Single();
        var accepted = await world.AcceptAsync(visitor, ada);
        var written = await visitor.WriteAsync("Do you deliver on Sundays?");
        await world.ReplyAsync(visitor, ada, "Yes,\nwe do.");

        (requested.Seq, requested.Reason, requested.ByAssistant, requested.Present).ShouldBe((1, "A large order", false, false));
        (waiting.State, waiting.Reason, waiting.Rep).ShouldBe((InboxState.Waiting, "A large order", null));
        (waiting.Visitor.Name, waiting.Visitor.Email).ShouldBe(("Grace", "grace@example.com"));
        waiting.WaitingSince.ShouldNotBeNull();
        (accepted.State, accepted.Rep!.Name).ShouldBe((InboxState.Open, "Ada"));
        var events = await visitor.EventsAsync();
        events.Select(entry => entry.GetType()).ShouldBe(
            [typeof(PersonRequested), typeof(PersonJoined), typeof(VisitorMessage), typeof(PersonMessage)]);
        written.Seq.ShouldBe(3);
        var reply = (PersonMessage)events[^1];
        (reply.Name, reply.RepId, reply.Text).ShouldBe(("Ada", ada.Id, "Yes,\nwe do."));
    }

    [Fact]
    public async Task Go_to_the_first_of_many_reps_who_accept_at_once_and_tell_the_others_who_it_was()
    {
        var world = await InboxWorld.CreateAsync(api);
        var reps = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => world.RepAsync($"Rep{number}")));
        var visitor = await world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync();

        var responses = await Task.WhenAll(reps.Select(rep => world.PostAsync(visitor, "accept", new { repId = rep.Id })));

        responses.Count(response => response.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var winner = (await world.ThreadAsync(visitor)).Item.Rep!;
        foreach (var response in responses.Where(response => response.StatusCode != HttpStatusCode.OK))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
            problem.GetProperty("code").GetString().ShouldBe("taken");
            problem.GetProperty("title").GetString()!.ShouldStartWith(winner.Name);
            problem.GetProperty("rep").GetProperty("id").GetGuid().ShouldBe(winner.Id);
        }

        (await visitor.EventsAsync()).OfType<PersonJoined>().Single().RepId.ShouldBe(winner.Id);
    }

    [Fact]
    public async Task Leave_no_answer_after_the_person_when_a_rep_accepts_while_answers_are_written()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var world = new InboxWorld(tenant);
        var ada = await world.RepAsync("Ada");
        for (var round = 0; round < 5; round++)
        {
            var visitor = await tenant.VisitAsync();
            var asked = Enumerable.Range(0, 4)
                .Select(_ => visitor.SendAsync("How long does the fast charger need?", accept: "application/json"))
                .ToList();
            await Task.Delay(round * 15, Ct);

            await world.AcceptAsync(visitor, ada);
            var responses = await Task.WhenAll(asked);

            responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.OK || response.StatusCode == HttpStatusCode.Accepted);
            var events = await visitor.EventsAsync();
            var joined = events.OfType<PersonJoined>().Single().Seq;
            events.OfType<AssistantMessage>().ShouldAllBe(answer => answer.Seq < joined);
            await using var pending = api.Database.OwnerSource.CreateCommand(
                "select count(*) from pending_answers where conversation_id = $1");
            pending.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            (await pending.ExecuteScalarAsync(Ct)).ShouldBe(0L);
        }
    }

    [Fact]
    public async Task Tell_a_streaming_visitor_that_the_message_was_delivered()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        await using var hub = await HubClient.ConnectAsync(visitor.Node, visitor.Session.Token);

        await hub.StreamAsync("ask", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = "Hello?" });
        var updates = await hub.ItemsAsync<JsonElement>("ask").ToListAsync(Ct);
        var again = await visitor.SendAsync("Hello?", clientId: "1");
        var body = await again.Content.ReadAsStringAsync(Ct);

        var update = updates.Single();
        (update.GetProperty("type").GetString(), update.GetProperty("kind").GetString(), update.GetProperty("seq").GetInt32())
            .ShouldBe(("delivered", "delivered", 2));
        body.ShouldContain("event: delivered");
        (await visitor.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Recognize_contact_details_that_the_visitor_tells_a_person_until_the_visitor_declines()
    {
        var world = await InboxWorld.CreateAsync(api);
        var rep = await world.PresentRepAsync("Ana");
        var visitor = await world.Tenant.VisitAsync();
        await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/human", new { }, Ct);
        await world.AcceptAsync(visitor, rep);

        var address = await SendAsync("Sure, it is Ada@Acme.Example, please send the offer there.");
        var number = await SendAsync("My number is +49 30 1234567.");
        var words = await SendAsync("Do e-mail notifications cost extra?");
        await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/contact", new { clientId = "no", declined = true }, Ct);
        var declined = await SendAsync("Then write to bob@acme.example.");

        address.Recognized.ShouldBe(new RecognizedContact { Email = "ada@acme.example" });
        number.Recognized.ShouldBe(new RecognizedContact { Phone = "+49301234567" });
        words.Recognized.ShouldBeNull();
        declined.Recognized.ShouldBeNull();
        (await visitor.EventsAsync()).OfType<VisitorMessage>().First().Recognized.ShouldBe(address.Recognized);

        async Task<VisitorMessage> SendAsync(string text)
        {
            var message = new { clientId = Guid.NewGuid().ToString(), text, locale = "en" };
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{visitor.Conversation}/messages")
            {
                Content = JsonContent.Create(message),
            };
            request.Headers.Accept.ParseAdd("application/json");
            var response = await visitor.Client.SendAsync(request, Ct);
            response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(Ct));
            return (await response.Content.ReadFromJsonAsync<VisitorMessage>(TestTenant.Json, Ct))!;
        }
    }

    [Fact]
    public async Task Let_the_assistant_speak_again_when_it_is_given_back_closed_or_chosen()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var world = new InboxWorld(tenant);
        var ada = await world.RepAsync("Ada");
        const string Question = "How long does the fast charger need?";

        var returned = await tenant.VisitAsync();
        await world.AcceptAsync(returned, ada);
        (await world.ActAsync(returned, "return", new { repId = ada.Id })).State.ShouldBe(InboxState.Assistant);
        (await returned.AskAsync(Question)).Text.ShouldContain("two hours");
        (await returned.EventsAsync()).OfType<PersonLeft>().Single().Reason.ShouldBe(PersonLeftReason.Returned);

        var closed = await tenant.VisitAsync();
        await world.AcceptAsync(closed, ada);
        (await world.ActAsync(closed, "close", new { repId = ada.Id })).State.ShouldBe(InboxState.Closed);
        (await closed.AskAsync(Question)).Text.ShouldContain("two hours");
        (await closed.EventsAsync()).OfType<PersonLeft>().Single().Reason.ShouldBe(PersonLeftReason.Closed);

        var chosen = await tenant.VisitAsync();
        await world.AcceptAsync(chosen, ada);
        (await chosen.Client.PostAsJsonAsync($"{chosen.Conversation}/assistant", new { clientId = "back" })).StatusCode
            .ShouldBe(HttpStatusCode.OK);
        (await chosen.AskAsync(Question)).Text.ShouldContain("two hours");
        (await world.PostAsync(chosen, "reply", new { repId = ada.Id, clientId = "late", text = "Wait" })).StatusCode
            .ShouldBe(HttpStatusCode.Conflict);
        // The visitor may ask for a person at any time.
        await chosen.RequestHumanAsync();
        (await world.ThreadAsync(chosen)).Item.State.ShouldBe(InboxState.Waiting);
    }

    [Fact]
    public async Task Keep_the_assistant_silent_while_the_visitor_waits_only_if_somebody_is_there()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var world = new InboxWorld(tenant);
        var ada = await world.RepAsync("Ada");
        var visitor = await tenant.VisitAsync();
        await visitor.RequestHumanAsync();

        (await visitor.AskAsync("How long does the fast charger need?")).Text.ShouldContain("two hours");
        await world.PresentAsync(ada, true);
        await visitor.WriteAsync("Is anybody there?");
        await world.PresentAsync(ada, false);

        (await visitor.AskAsync("How long does the standard charger need?")).Text.ShouldContain("four and a half hours");
    }

    [Fact]
    public async Task Refuse_a_reply_of_a_rep_who_does_not_have_the_conversation()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.RepAsync("Ada"), await world.RepAsync("Bob"));
        var visitor = await world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync();
        var reply = new { repId = ada.Id, clientId = "1", text = "Hello" };

        await (await world.PostAsync(visitor, "reply", reply)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await world.AcceptAsync(visitor, bob);
        await (await world.PostAsync(visitor, "reply", reply)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await world.PostAsync(visitor, "return", new { repId = ada.Id })).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await world.PostAsync(visitor, "close", new { repId = Guid.NewGuid() }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "repId");
        await (await world.PostAsync(visitor, "close", new { repId = bob.Id, unknown = 1 }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest);

        (await visitor.EventsAsync()).OfType<PersonMessage>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_a_repeated_reply_once()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.ReplyAsync(visitor, ada, "Hello", "same")));

        replies.Select(reply => reply.Seq).Distinct().ShouldHaveSingleItem();
        (await visitor.EventsAsync()).OfType<PersonMessage>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Hide_notes_from_the_visitor()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);

        var note = new { repId = ada.Id, clientId = "n", text = "Wants a discount" };
        (await world.PostAsync(visitor, "note", note)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await world.PostAsync(visitor, "note", note)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var thread = await world.ThreadAsync(visitor);
        (thread.Notes.Single().Text, thread.Notes.Single().Rep.Name).ShouldBe(("Wants a discount", "Ada"));
        (await visitor.Client.GetStringAsync($"{visitor.Conversation}/events", Ct)).ShouldNotContain("discount");
    }

    [Fact]
    public async Task Offer_a_transferred_conversation_to_a_rep_who_is_there_and_to_no_other()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.PresentRepAsync("Ada"), await world.RepAsync("Bob"));
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);

        await (await world.PostAsync(visitor, "transfer", new { repId = ada.Id, toRepId = bob.Id }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await world.PresentAsync(bob, true);
        var offered = await world.ActAsync(visitor, "transfer", new { repId = ada.Id, toRepId = bob.Id });
        await world.AcceptAsync(visitor, bob);

        (offered.State, offered.OfferedTo).ShouldBe((InboxState.Waiting, bob.Id));
        var events = await visitor.EventsAsync();
        events.OfType<PersonLeft>().Single().Reason.ShouldBe(PersonLeftReason.Transferred);
        events.OfType<PersonJoined>().Select(joined => joined.Name).ShouldBe(["Ada", "Bob"]);
    }

    [Fact]
    public async Task List_those_who_wait_oldest_first_and_page_them()
    {
        var world = await InboxWorld.CreateAsync(api);
        var visitors = new List<TestVisitor>();
        for (var i = 0; i < 3; i++)
        {
            visitors.Add(await world.Tenant.VisitAsync());
            await visitors[i].RequestHumanAsync(new { name = $"Visitor {i}" });
        }

        var first = await world.ListAsync("?state=waiting&limit=2");
        var second = await world.ListAsync($"?state=waiting&limit=2&after={first.Next}");

        first.Items.Concat(second.Items).Select(item => item.ConversationId)
            .ShouldBe(visitors.Select(visitor => visitor.Session.ConversationId));
        second.Next.ShouldBeNull();
        (await world.ListAsync("?query=sitor%201")).Items.Single().Visitor.Name.ShouldBe("Visitor 1");
        await (await world.Developer.GetAsync("/api/inbox?state=mine", Ct)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "rep");
        await (await world.Developer.GetAsync("/api/inbox?state=x", Ct)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "state");
    }

    [Fact]
    public async Task Count_what_each_rep_has_not_read()
    {
        var world = await InboxWorld.CreateAsync(api);
        var (ada, bob) = (await world.RepAsync("Ada"), await world.RepAsync("Bob"));
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        await visitor.WriteAsync("One");
        var two = await visitor.WriteAsync("Two");

        (await UnreadAsync(ada)).ShouldBe(2);
        (await world.PostAsync(visitor, "read", new { repId = ada.Id, seq = two.Seq - 1 })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await UnreadAsync(ada)).ShouldBe(1);
        await world.ReplyAsync(visitor, ada, "Three");
        (await UnreadAsync(ada)).ShouldBe(0);
        // A late mark of another device does not take it back.
        await world.PostAsync(visitor, "read", new { repId = ada.Id, seq = 1 });
        (await UnreadAsync(ada)).ShouldBe(0);
        (await UnreadAsync(bob)).ShouldBe(2);

        await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/read", new { seq = 99 }, Ct);
        var read = (await world.ThreadAsync(visitor)).Item;
        read.VisitorReadSeq.ShouldBe(read.LastSeq);
        // The visitor's other device knows it, too.
        var device = await world.Tenant.VisitAsync(visitorId: visitor.Session.VisitorId);
        device.Session.ReadSeq.ShouldBe(read.LastSeq);

        async Task<int> UnreadAsync(Rep rep) => (await world.ListAsync($"?state=open&rep={rep.Id}")).Items.Single().Unread;
    }

    [Fact]
    public async Task Be_deleted_with_the_conversation()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.PresentRepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        await world.PostAsync(visitor, "note", new { repId = ada.Id, text = "A note" });
        await world.ReplyAsync(visitor, ada, "Hello");

        await using (var erase = api.Database.OwnerSource.CreateCommand("delete from visitors where id = $1"))
        {
            erase.Parameters.Add(new() { Value = visitor.Session.VisitorId });
            (await erase.ExecuteNonQueryAsync(Ct)).ShouldBe(1);
        }

        (await world.Developer.GetAsync($"/api/inbox/{visitor.Session.ConversationId}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await world.ListAsync("")).Items.ShouldBeEmpty();
    }
}
