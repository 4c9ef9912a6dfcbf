using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Limits;
using Widget.Contracts;

namespace Widget.Api.Tests.Limits;

/// <summary>Messages by visitor and by tenant, over HTTP and over the hub, and calls by key.</summary>
public sealed class MessageLimitsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refuse_a_visitor_who_sends_too_many_and_answer_another()
    {
        await using var node = await StartAsync(Limit.Messages, "2/1h");
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var (eager, other) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await eager.AskAsync("How long does charging take?");
        await eager.AskAsync("Is the frame covered?");

        using var refused = await eager.SendAsync("And the battery?");
        var answer = await other.AskAsync("How long does charging take?");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(31));
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Ct);
        problem.GetProperty("title").GetString()!.ShouldStartWith("You are sending messages too quickly. Please try again in ");
        problem.GetProperty("code").GetString().ShouldBe("rate_limited");
        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        (await eager.EventsAsync()).OfType<VisitorMessage>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Tell_hub_clients_when_to_send_again()
    {
        await using var node = await StartAsync(Limit.Messages, "1/1h");
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();
        await using var hub = await HubClient.ConnectAsync(node, visitor.Session.Token);
        await hub.StreamAsync("a", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = "How long does charging take?" });
        (await hub.ItemsAsync<AnswerUpdate>("a").LastAsync(Ct)).ShouldBeOfType<AnswerCompleted>();

        await hub.StreamAsync("b", "Ask", visitor.Session.ConversationId, new { clientId = "2", text = "Is the frame covered?" });
        var error = await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<AnswerUpdate>("b").LastAsync(Ct));

        error.Message.ShouldMatch(
            @"HubException: You are sending messages too quickly\. Please try again in \d+ seconds\. \[rate_limited retry-after=\d+\]$");
        // The connection stays open, and the refused message left no event.
        await hub.StreamAsync("w", "Watch", visitor.Session.ConversationId, 0);
        (await hub.ItemsAsync<ConversationUpdate>("w").FirstAsync(update => update.Event is AssistantMessage, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Limit_a_tenant_as_a_whole_and_leave_others_alone()
    {
        await using var node = await StartAsync(Limit.TenantMessages, "3/1h");
        var (busy, quiet) = (await TestTenant.WithKnowledgeAsync(api, node), await TestTenant.WithKnowledgeAsync(api, node));
        for (var i = 0; i < 3; i++) await (await busy.VisitAsync()).AskAsync("How long does charging take?");

        using var refused = await (await busy.VisitAsync()).SendAsync("How long does charging take?");
        var answer = await (await quiet.VisitAsync()).AskAsync("How long does charging take?");

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
    }

    [Fact]
    public async Task Limit_searches_and_completions_by_key_in_each_endpoints_error_format()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: new LimitOptions().With(Limit.Searches, Rate.Parse("2/1h")).With(Limit.Completions, Rate.Parse("1/1h")));
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var searches = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
            searches.Add((await tenant.Developer.PostAsJsonAsync("/api/search", new { query = "charging" }, Ct)).StatusCode);

        var body = new { model = "widget", messages = new[] { new { role = "user", content = "How long does charging take?" } } };
        (await tenant.Developer.PostAsJsonAsync("/v1/chat/completions", body, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await tenant.Developer.PostAsJsonAsync("/v1/chat/completions", body, Ct);

        searches.ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("rate_limit_error");
        error.GetProperty("code").GetString().ShouldBe("rate_limit_exceeded");
        // The key counts in any header.
        using var program = node.Client();
        program.DefaultRequestHeaders.Add("X-API-Key", tenant.Created.ApiKey);
        (await program.PostAsJsonAsync("/v1/chat/completions", body, Ct)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        // Other requests with the key are still allowed.
        (await tenant.Developer.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Count_a_visitors_requests_over_http_and_the_hub_together()
    {
        await using var node = await StartAsync(Limit.VisitorRequests, "3/1h");
        var visitor = await (await TestTenant.CreateAsync(api, node)).VisitAsync();
        await visitor.EventsAsync();
        // Connecting counts, too.
        await using var hub = await HubClient.ConnectAsync(node, visitor.Session.Token);
        await visitor.EventsAsync();

        using var refused = await visitor.Client.GetAsync($"{visitor.Conversation}/events", Ct);
        await hub.StreamAsync("w", "Watch", visitor.Session.ConversationId, 0);
        var error = await Should.ThrowAsync<InvalidOperationException>(
            async () => await hub.ItemsAsync<ConversationUpdate>("w").FirstAsync(Ct));

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        error.Message.ShouldContain("[rate_limited retry-after=");
    }

    [Fact]
    public async Task Refuse_guessed_keys_without_a_lookup_and_still_answer_health_checks()
    {
        await using var node = await StartAsync(Limit.Anonymous, "5/1h");
        using var guesser = node.Client("sk_" + new string('a', 40));
        var guesses = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++) guesses.Add((await guesser.GetAsync("/api/settings", Ct)).StatusCode);

        using var page = await node.Client().GetAsync("/widget/nobody", Ct);
        using var health = await node.Client().GetAsync("/health/live", Ct);

        guesses.Take(5).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        guesses.Skip(5).ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
        page.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task<ApiNode> StartAsync(Limit limit, string rate) =>
        ApiNode.StartAsync(api.Database, fetching: api.Fetching, limits: new LimitOptions().With(limit, Rate.Parse(rate)));
}
