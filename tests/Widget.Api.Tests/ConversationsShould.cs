using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests;

public sealed class ConversationsShould(ApiFixture api)
{
    [Fact]
    public async Task Stream_an_answer_with_its_sources_first_and_its_end_last()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();

        var updates = await (await visitor.SendAsync("How long does charging take?")).ReadEventsAsync<AnswerUpdate>().ToListAsync();

        updates.Select(update => update.Event).Distinct().ShouldBe(["sources", "delta", "completed"]);
        var text = string.Concat(updates.Select(update => update.Data).OfType<AnswerDelta>().Select(delta => delta.Text));
        var completed = updates[^1].Data.ShouldBeOfType<AnswerCompleted>().Message;
        completed.Text.ShouldBe(text);
        completed.Outcome.ShouldBe(AnswerOutcome.Quoted);
        completed.Text.ShouldStartWith("The standard charger fills the battery in four and a half hours.");
        var citation = completed.Citations.ShouldHaveSingleItem();
        citation.Title.ShouldBe("Charging");
        citation.Url.ShouldBe("https://shop.example/charging");
        completed.Text.ShouldContain($"[{citation.Number}]");
    }

    [Fact]
    public async Task Give_the_answer_again_however_much_was_said_before_it()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        var clientId = Guid.NewGuid().ToString("N");
        var answer = await visitor.AskAsync("What does delivery to Denmark cost?", clientId);
        foreach (var sql in new[]
        {
            "update conversation_events set seq = seq + 600 where conversation_id = $1 and seq > 1",
            "update conversations set last_seq = last_seq + 600 where id = $1",
            "insert into conversation_events (tenant_id, conversation_id, seq, kind, client_id, data) "
                + "select tenant_id, conversation_id, n, kind, 'more ' || n, data "
                + "from conversation_events, generate_series(2, 601) n where conversation_id = $1 and seq = 1",
        })
        {
            await using var command = api.Database.OwnerSource.CreateCommand(sql);
            command.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var again = await visitor.AskAsync("What does delivery to Denmark cost?", clientId);

        (again.MessageId, again.Text).ShouldBe((answer.MessageId, answer.Text));
    }

    [Fact]
    public async Task Answer_as_json_to_whoever_wants_that()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();

        var answer = await visitor.AskAsync("What does delivery to Denmark cost?");

        answer.Text.ShouldContain("89 euros");
        (answer.Seq, answer.ReplyTo).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Quote_only_what_stands_in_the_source()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();

        foreach (var question in new[] { "How long does charging take?", "Is the battery covered?", "delivery costs Germany" })
        {
            var answer = await visitor.AskAsync(question);
            foreach (var quote in answer.Text.Split("\n\n"))
            {
                var number = int.Parse(quote[(quote.LastIndexOf('[') + 1)..^1]);
                answer.Citations.Single(citation => citation.Number == number).Text
                    .ShouldContain(quote[..quote.LastIndexOf(" [", StringComparison.Ordinal)]);
            }
        }
    }

    [Theory]
    [InlineData("What does the Tide Cargo cost?", "4,650 euros")]
    [InlineData("How much is the Tide Step?", "2,890 euros")]
    [InlineData("Was kostet das Tide Cargo?", "4,650 euros")]
    public async Task Quote_the_price_when_that_is_asked_for_whatever_it_is_called(string question, string price)
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ImportAsync(
            new
            {
                id = "cargo",
                title = "Tide Cargo",
                text = "The Tide Cargo is a long-tail cargo bike. It may carry 200 kilograms in all.",
            },
            new { id = "step", title = "Tide Step", text = "The Tide Step weighs 21.4 kilograms with its battery." },
            new
            {
                id = "prices",
                title = "Prices",
                format = "markdown",
                text = "All prices include value added tax.\n\n"
                    + "| Model | Price |\n|---|---|\n| Tide Step | 2,890 euros |\n| Tide Cargo | 4,650 euros |",
            });

        var answer = await (await tenant.VisitAsync()).AskAsync(question);

        answer.Text.ShouldContain($"| {price}");
        answer.Text.ShouldContain("Model | Price\n---|---\n");
        answer.Citations.ShouldContain(citation => citation.Title == "Prices");
    }

    [Fact]
    public async Task Not_take_anything_else_for_a_telephone_number()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ImportAsync(
            new
            {
                id = "contact",
                title = "Contact",
                text = "Write to service@harbor.example with your frame number, not your phone number.",
            });
        var before = await (await tenant.VisitAsync()).AskAsync("What is your phone number?");
        await tenant.ImportAsync(new { id = "contact", title = "Contact", text = "Our phone number is +49 431 1234567." });
        var after = await (await tenant.VisitAsync()).AskAsync("What is your phone number?");

        before.Outcome.ShouldBe(AnswerOutcome.NotFound);
        after.Text.ShouldContain("+49 431 1234567");
    }

    [Theory]
    [InlineData("Which plan has single sign-on?", null, "I could not find anything about that")]
    [InlineData("Wer hat die Weltmeisterschaft gewonnen und wie war das Spiel?", "de", "Dazu habe ich auf unseren Seiten nichts gefunden")]
    [InlineData("من فاز بكأس العالم؟", "ar", "لم أجد شيئًا")]
    public async Task Say_so_when_nothing_is_found_and_offer_a_person(string question, string? locale, string words)
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();

        var response = await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/messages",
            new { clientId = "1", text = question, locale });
        var answer = (await response.ReadEventsAsync<AnswerUpdate>().LastAsync()).Data.ShouldBeOfType<AnswerCompleted>().Message;

        answer.Outcome.ShouldBe(AnswerOutcome.NotFound);
        answer.OffersPerson.ShouldBeTrue();
        answer.Citations.ShouldBeEmpty();
        answer.Text.ShouldContain(words);
    }

    [Fact]
    public async Task Know_nothing_of_another_tenants_documents()
    {
        await TestTenant.WithKnowledgeAsync(api);
        var other = await TestTenant.CreateAsync(api);
        await other.ImportAsync(new { id = "bread", title = "Bread", text = "We bake bread every morning at five." });

        var answer = await (await other.VisitAsync()).AskAsync("How long does charging the battery take?");

        answer.Outcome.ShouldBe(AnswerOutcome.NotFound);
        answer.Text.ShouldNotContain("charger");
    }

    [Fact]
    public async Task Take_a_message_once_however_often_it_is_sent()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => visitor.AskAsync("How long does charging take?", clientId: "same")));
        var later = await visitor.AskAsync("How long does charging take?", clientId: "same");

        answers.Append(later).Select(answer => answer.MessageId).Distinct().ShouldHaveSingleItem();
        (await visitor.EventsAsync()).Select(entry => entry.GetType()).ShouldBe([typeof(VisitorMessage), typeof(AssistantMessage)]);
    }

    [Fact]
    public async Task Number_events_without_gaps_however_many_write_at_once()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => visitor.AskAsync($"How long does charging take? {i}")));

        var events = await visitor.EventsAsync();
        events.Select(entry => entry.Seq).ShouldBe(Enumerable.Range(1, 16));
        events.OfType<AssistantMessage>().Select(answer => answer.ReplyTo).Distinct().Count().ShouldBe(8);
        (await visitor.EventsAsync(after: 13)).Select(entry => entry.Seq).ShouldBe([14, 15, 16]);
    }

    [Fact]
    public async Task Be_followed_from_any_place_as_a_stream()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("How long does charging take?");

        var request = new HttpRequestMessage(HttpMethod.Get, $"{visitor.Conversation}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("Last-Event-ID", "1");
        using var response = await visitor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var ids = new List<string>();
        Task<AssistantMessage>? asking = null;
        await foreach (var (name, id, update) in response.ReadEventsAsync<ConversationUpdate>())
        {
            if (name == "event") ids.Add(id);
            // What was there has been read; from here on the stream follows.
            if (update.Event is { Seq: 2 }) asking = visitor.AskAsync("Is the frame covered?");
            if (update.Event is { Seq: 4 }) break;
        }

        ids.ShouldBe(["2", "3", "4"]);
        await asking.ShouldNotBeNull();
    }

    [Fact]
    public async Task Be_followed_on_one_node_while_they_go_on_at_another()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await using var other = await ApiNode.StartAsync(api.Database);

        using var watching = other.Client(visitor.Session.Token);
        var request = new HttpRequestMessage(HttpMethod.Get, $"{visitor.Conversation}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await watching.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var asking = visitor.AskAsync("How long does charging take?");

        var answer = await response.ReadEventsAsync<ConversationUpdate>()
            .Select(item => item.Data.Event)
            .OfType<AssistantMessage>()
            .FirstAsync();
        answer.Text.ShouldBe((await asking).Text);
    }

    [Fact]
    public async Task Keep_ratings_and_wishes_for_a_person()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        var answer = await visitor.AskAsync("How long does charging take?");

        await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/ratings",
            new { clientId = "r1", messageId = answer.MessageId, rating = "up" });
        await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/ratings",
            new { clientId = "r1", messageId = answer.MessageId, rating = "up" });
        await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "p1" });

        var events = await visitor.EventsAsync(after: 2);
        events.Count.ShouldBe(2);
        events[0].ShouldBeOfType<MessageRated>().Rating.ShouldBe(Rating.Up);
        events[1].ShouldBeOfType<PersonRequested>();
        await (await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/ratings",
            new { clientId = "r2", messageId = Guid.NewGuid(), rating = "up" }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "There is no such answer.");
        await (await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/ratings",
            new { clientId = "r2", messageId = answer.MessageId, rating = "superb" }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "rating must be one of none, up, down.");
    }

    [Fact]
    public async Task Be_closed_to_other_visitors_and_other_tenants()
    {
        var (a, b) = (await TestTenant.WithKnowledgeAsync(api), await TestTenant.CreateAsync(api));
        var visitor = await a.VisitAsync();
        var answer = await visitor.AskAsync("How long does charging take?");

        foreach (var stranger in new[] { await a.VisitAsync(), await b.VisitAsync() })
        {
            var conversation = visitor.Conversation;
            const string Words = "There is no such conversation.";
            await (await stranger.Client.GetAsync($"{conversation}/events")).ShouldBeProblemAsync(HttpStatusCode.NotFound, Words);
            await (await stranger.Client.PostAsJsonAsync($"{conversation}/messages", new { clientId = "x", text = "Let me in" }))
                .ShouldBeProblemAsync(HttpStatusCode.NotFound, Words);
            await (await stranger.Client.PostAsJsonAsync($"{conversation}/person", new { clientId = "x" }))
                .ShouldBeProblemAsync(HttpStatusCode.NotFound, Words);
            await (await stranger.Client.PostAsJsonAsync($"{conversation}/context", new { context = new { a = "b" } }))
                .ShouldBeProblemAsync(HttpStatusCode.NotFound, Words);
            (await stranger.Client.PostAsJsonAsync(
                $"{conversation}/ratings",
                new { clientId = "x", messageId = answer.MessageId, rating = "up" })).StatusCode
                .ShouldBe(HttpStatusCode.NotFound);
            (await stranger.Client.PostAsJsonAsync($"{conversation}/answers/{answer.MessageId}/stop", new { })).StatusCode
                .ShouldBe(HttpStatusCode.NotFound);
        }

        (await visitor.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Refuse_messages_that_are_empty_too_long_or_too_large()
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();

        await (await visitor.SendAsync("")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "The message is empty.", "text");
        await (await visitor.SendAsync("  \n ")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "The message is empty.", "text");
        await (await visitor.SendAsync("\u200B\u2060\uFEFF\u200D \u202E\u00AD\u3164\uFE0F")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "The message is empty.",
            "text");
        await (await visitor.SendAsync(new string('a', 4_001)))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "The message is longer than 4,000 characters.", "text");
        await (await visitor.SendAsync(new string('a', 1_000_000)))
            .ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "The request is larger than 64 KB.");
        await (await visitor.SendAsync("Hello", clientId: "")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "clientId");
        await (await visitor.Client.PostAsync($"{visitor.Conversation}/messages", new StringContent("{", null, "application/json")))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "The request is not valid JSON.");
        await (await visitor.Client.PostAsync($"{visitor.Conversation}/messages", new StringContent("hello", null, "text/plain")))
            .ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType);
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuse_a_client_id_that_was_used_for_something_else()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("How long does charging take?", clientId: "m");
        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "p" })).EnsureSuccessStatusCode();

        await (await visitor.SendAsync("And the fast charger?", clientId: "p")).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "m" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);
        (await visitor.EventsAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Take_no_more_questions_at_once_than_a_person_asks()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { delayMs = 60_000 });
        await using var node = await ApiNode.StartAsync(
            api.Database,
            simulator.Chat with { NetworkTimeout = TimeSpan.FromMinutes(2), FirstTokenTimeout = TimeSpan.FromMinutes(1) });
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();

        var asked = new List<HttpResponseMessage>();
        for (var i = 0; i < 9; i++) asked.Add(await visitor.SendAsync("How long does charging take?"));

        asked.Take(8).ShouldAllBe(response => response.IsSuccessStatusCode);
        await asked[8].ShouldBeProblemAsync(
            HttpStatusCode.TooManyRequests,
            "Several of your questions are still being answered. Please wait for those first.");
        asked.ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task Take_a_message_of_the_greatest_length_in_any_script()
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();
        var text = string.Concat(Enumerable.Repeat("日本語の質問\0\u0001😀", 400))[..4_000];

        await visitor.AskAsync(text);

        (await visitor.EventsAsync())[0].ShouldBeOfType<VisitorMessage>().Text.Length.ShouldBeGreaterThan(3_000);
    }
}
