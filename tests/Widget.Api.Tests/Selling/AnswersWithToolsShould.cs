using System.Net.Http.Json;
using Widget.Api.Tests.Tools;
using Widget.Contracts;

namespace Widget.Api.Tests.Selling;

/// <summary>Answers in text whose model may call tools. The tests share a simulator, so they run one at a time.</summary>
public sealed class AnswersWithToolsShould(ApiFixture api) : IAsyncLifetime
{
    private readonly TestTool _booking = TestTool.Booking();
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        await api.Simulator.BehaveAsync();
        _node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat, services: _booking.Register);
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Be_written_from_what_a_tool_returns()
    {
        await _tenant.AddPriceAsync("Pro", 89);
        await _tenant.SwitchOnAsync("search_knowledge", "get_pricing");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(
            new { callTool = "get_pricing", toolArguments = new { product = "Pro" }, reply = "Pro is 89 euros a month." });

        var answer = await visitor.AskAsync("How much is Pro?");

        (answer.Text, answer.Outcome, answer.OffersPerson).ShouldBe(("Pro is 89 euros a month.", AnswerOutcome.Answered, false));
        var events = await visitor.EventsAsync();
        events.Select(entry => entry.GetType()).ShouldBe([typeof(VisitorMessage), typeof(PricesShown), typeof(AssistantMessage)]);
        var last = (await api.Simulator.RequestsAsync())[^1];
        var messages = last.GetProperty("messages").EnumerateArray().ToList();
        messages[^1].GetProperty("role").GetString().ShouldBe("tool");
        messages[^1].GetProperty("content").ToString().ShouldContain("89");
        messages[0].GetProperty("content").ToString().ShouldContain("You can call functions");
    }

    [Fact]
    public async Task Stream_with_tools_as_without()
    {
        await _tenant.SwitchOnAsync("book_ride");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(
            new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, reply = "Your ride is booked." });

        var response = await visitor.SendAsync("Book the Tide for me");
        var stream = await response.Content.ReadAsStringAsync();

        stream.ShouldContain("event: delta");
        stream.ShouldContain("event: completed");
        _booking.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Cite_what_a_later_search_found()
    {
        await _tenant.SwitchOnAsync("search_knowledge", "book_ride");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(new
        {
            callTool = "search_knowledge",
            toolArguments = new { query = "What does delivery to Denmark cost?", limit = 1 },
            reply = "Two hours [1], and 89 euros [2]. Not this [9].",
        });

        // The first search finds one passage, so the second one's is number 2.
        var answer = await visitor.AskAsync("How long does the fast charger take?");

        answer.Citations.Select(citation => citation.Number).ShouldContain(1);
        answer.Text.ShouldNotContain("[9]");
        answer.Citations.ShouldContain(citation => citation.Title == "Shipping");
        (await visitor.EventsAsync()).OfType<KnowledgeShown>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_a_tool_for_a_request_that_the_knowledge_does_not_answer()
    {
        await _tenant.SwitchOnAsync("request_human");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(
            new { callTool = "request_human", toolArguments = new { reason = "Wants a call" }, reply = "Somebody will answer here." });

        var answer = await visitor.AskAsync("I want to talk to a human being, please");

        answer.Text.ShouldBe("Somebody will answer here.");
        (await visitor.EventsAsync()).OfType<PersonRequested>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Tell_the_model_what_is_wrong_with_its_arguments()
    {
        await _tenant.SwitchOnAsync("book_ride");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(new { callTool = "book_ride", rawToolArguments = "{\"bike\": ", reply = "Which bike?" });

        (await visitor.AskAsync("Book a ride")).Text.ShouldBe("Which bike?");

        (await api.Simulator.RequestsAsync())[^1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString()
            .ShouldContain("not valid JSON");
        _booking.Runs.ShouldBe(0);
    }

    [Fact]
    public async Task Stop_a_model_that_calls_tools_forever_and_run_the_same_call_once()
    {
        await _tenant.SwitchOnAsync("book_ride");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(
            new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, callAgain = true, reply = "Done." });
        var before = (await api.Simulator.RequestsAsync()).Count;

        var answer = await visitor.AskAsync("How long does the fast charger take?");

        // The last round offers no tools.
        answer.Text.ShouldBe("Done.");
        ((await api.Simulator.RequestsAsync()).Count - before).ShouldBe(4);
        _booking.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Offer_the_model_no_tools_when_only_the_search_is_on()
    {
        var visitor = await _tenant.VisitAsync();

        await visitor.AskAsync("How long does the fast charger take?");

        (await api.Simulator.RequestsAsync())[^1].TryGetProperty("tools", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task List_their_calls_for_the_staff()
    {
        await _tenant.SwitchOnAsync("book_ride");
        var (visitor, other) = (await _tenant.VisitAsync(), await _tenant.VisitAsync());
        await api.Simulator.BehaveAsync(new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, reply = "Done." });
        await visitor.AskAsync("Book the Tide");
        await other.AskAsync("Book the Tide");

        var all = await CallsAsync("limit=1");
        var rest = await CallsAsync($"after={all.Next}");
        var own = await CallsAsync($"conversation={visitor.Session.ConversationId}");

        all.Items.ShouldHaveSingleItem().ConversationId.ShouldBe(other.Session.ConversationId);
        rest.Items.ShouldHaveSingleItem().ConversationId.ShouldBe(visitor.Session.ConversationId);
        rest.Next.ShouldBeNull();
        var call = own.Items.ShouldHaveSingleItem();
        (call.Name, call.Channel, call.Outcome).ShouldBe(("book_ride", "text", ToolCallOutcome.Done));
        call.Arguments.GetProperty("bike").GetString().ShouldBe("Tide");
        call.Result!.Value.GetProperty("booked").GetString().ShouldBe("Tide");
        call.Milliseconds!.Value.ShouldBeGreaterThanOrEqualTo(0);
        (await visitor.Client.GetAsync("/api/tools/calls")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    private async Task<ToolCallPage> CallsAsync(string query) =>
        (await _tenant.Developer.GetFromJsonAsync<ToolCallPage>($"/api/tools/calls?{query}", TestTenant.Json))!;
}
