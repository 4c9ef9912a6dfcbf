using System.Net.Http.Json;
using System.Net.WebSockets;
using Widget.Contracts;

namespace Widget.Api.Tests;

public sealed class HubShould(ApiFixture api)
{
    [Fact]
    public async Task Stream_an_answer_to_whoever_asks_and_to_whoever_watches()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await using var asking = await HubClient.ConnectAsync(api.Node, visitor.Session.Token);
        await using var watching = await HubClient.ConnectAsync(api.Node, visitor.Session.Token);
        await watching.StreamAsync("w", "Watch", visitor.Session.ConversationId, 0);

        await asking.StreamAsync("a", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = "How long does charging take?" });
        var answer = (await asking.ItemsAsync<AnswerUpdate>("a").LastAsync()).ShouldBeOfType<AnswerCompleted>().Message;
        var events = await watching.ItemsAsync<ConversationUpdate>("w")
            .Select(update => update.Event)
            .OfType<ConversationEvent>()
            .Take(2)
            .ToListAsync();

        answer.Text.ShouldContain("four and a half hours");
        events[0].ShouldBeOfType<VisitorMessage>().ClientId.ShouldBe("1");
        events[1].ShouldBeOfType<AssistantMessage>().MessageId.ShouldBe(answer.MessageId);
    }

    [Fact]
    public async Task Let_one_connection_watch_and_ask_at_once()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await using var hub = await HubClient.ConnectAsync(api.Node, visitor.Session.Token);

        await hub.StreamAsync("w", "Watch", visitor.Session.ConversationId, 0);
        await hub.StreamAsync("a", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = "How long does charging take?" });

        (await hub.ItemsAsync<AnswerUpdate>("a").LastAsync()).ShouldBeOfType<AnswerCompleted>();
    }

    [Fact]
    public async Task Give_a_client_that_comes_back_the_rest()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await visitor.AskAsync("How long does charging take?");
        await visitor.AskAsync("Is the frame covered?");

        await using var hub = await HubClient.ConnectAsync(api.Node, visitor.Session.Token);
        await hub.StreamAsync("w", "Watch", visitor.Session.ConversationId, 3);
        (await hub.ItemsAsync<ConversationUpdate>("w").Select(update => update.Event).OfType<ConversationEvent>().FirstAsync()).Seq
            .ShouldBe(4);
    }

    [Fact]
    public async Task Check_the_origin_itself_since_cors_does_not_guard_websockets()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var client = api.Node.Client();
        var open = new HttpRequestMessage(HttpMethod.Post, "/api/widget/session")
        {
            Content = JsonContent.Create(new { siteKey = tenant.Created.SiteKey }),
        };
        open.Headers.Add("Origin", TestTenant.Origin);
        var session = (await (await client.SendAsync(open)).Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!;

        await using var allowed = await HubClient.ConnectAsync(api.Node, session.Token, TestTenant.Origin);
        await Should.ThrowAsync<WebSocketException>(() => HubClient.ConnectAsync(api.Node, session.Token, "https://evil.example"));
        await Should.ThrowAsync<WebSocketException>(() => HubClient.ConnectAsync(api.Node, "no-token", TestTenant.Origin));
    }

    [Theory]
    [InlineData("", "The message is empty.")]
    [InlineData("long", "The message is longer than 4,000 characters.")]
    public async Task Refuse_a_message_in_words(string text, string words)
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();
        await using var hub = await HubClient.ConnectAsync(api.Node, visitor.Session.Token);

        await hub.StreamAsync(
            "a",
            "Ask",
            visitor.Session.ConversationId,
            new { clientId = "1", text = text == "long" ? new string('x', 4_001) : text });

        (await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<AnswerUpdate>("a").CountAsync())).Message
            .ShouldContain(words);
    }

    [Fact]
    public async Task Be_closed_to_other_visitors_and_other_tenants()
    {
        var (a, b) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var conversation = (await a.VisitAsync()).Session.ConversationId;

        foreach (var stranger in new[] { await a.VisitAsync(), await b.VisitAsync() })
        {
            await using var hub = await HubClient.ConnectAsync(api.Node, stranger.Session.Token);
            await hub.StreamAsync("w", "Watch", conversation, 0);
            (await Should.ThrowAsync<InvalidOperationException>(
                async () => await hub.ItemsAsync<ConversationUpdate>("w").CountAsync())).Message
                .ShouldContain("There is no such conversation.");
            await hub.StreamAsync("a", "Ask", conversation, new { clientId = "1", text = "Let me in" });
            (await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<AnswerUpdate>("a").CountAsync())).Message
                .ShouldContain("There is no such conversation.");
        }
    }

    [Fact]
    public async Task Survive_a_client_that_sends_nonsense()
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await using (var hub = await HubClient.ConnectAsync(api.Node, visitor.Session.Token))
        {
            await hub.StreamAsync("x", "Watch", "not a guid", "nor a number");
            await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<ConversationUpdate>("x").CountAsync());
        }

        (await visitor.AskAsync("How long does charging take?")).Text.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(66_000)]
    [InlineData(100_000)]
    [InlineData(900_000)]
    public async Task Refuse_a_message_that_is_too_large_in_words_and_go_on(int characters)
    {
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync();
        await using var hub = await HubClient.ConnectAsync(api.Node, visitor.Session.Token);

        await hub.StreamAsync("big", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = new string('x', characters) });
        (await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<AnswerUpdate>("big").CountAsync())).Message
            .ShouldContain("The message is larger than 64 KB.");

        await hub.StreamAsync(
            "small",
            "Ask",
            visitor.Session.ConversationId,
            new { clientId = "2", text = "How long does charging take?" });
        (await hub.ItemsAsync<AnswerUpdate>("small").LastAsync()).ShouldBeOfType<AnswerCompleted>().Message.Text
            .ShouldContain("four and a half hours");
    }

    [Fact]
    public async Task Say_why_it_ends_a_connection_that_sends_without_end()
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();
        await using var hub = await RawHubClient.ConnectAsync(api.Node, visitor.Session.Token);

        await hub.StreamAsync("endless", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = new string('x', 1_200_000) });

        (await hub.CloseReasonAsync()).ShouldContain("The message is larger than 1024 KB.");
        (await visitor.AskAsync("Hello")).Text.ShouldNotBeEmpty();
    }
}
