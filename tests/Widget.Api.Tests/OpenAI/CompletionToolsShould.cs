namespace Widget.Api.Tests.OpenAI;

/// <summary>Calls of our tools and of the client's functions while a completion is written.</summary>
public sealed class CompletionToolsShould(ApiFixture api) : CompletionsTest(api)
{
    [Fact]
    public async Task Let_the_model_use_tools_without_effects_and_continue()
    {
        await Api.Simulator.BehaveAsync(
            new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, reply = "It has been noted." });

        var (text, end) = await AskAsync(User(Question));

        text.ShouldBe("It has been noted.");
        end.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        Lookup.Runs.ShouldBe(1);
        var requests = await Api.Simulator.RequestsAsync();
        requests.Count.ShouldBe(2);
        Offered(requests[0]).ShouldBe(["book_ride", "search_knowledge"]);
        requests[1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString().ShouldContain("Tide");
    }

    [Fact]
    public async Task Cite_what_the_model_looked_up_with_a_tool()
    {
        await Api.Simulator.BehaveAsync(new
        {
            callTool = "search_knowledge",
            toolArguments = new { query = "What does delivery to Denmark cost?" },
            reply = "Two hours [1], and 89 euros [2].",
        });

        var (text, end) = await AskAsync(User(Question));

        text.ShouldBe("Two hours, and 89 euros.");
        end.GetProperty("citations").EnumerateArray().Select(citation => citation.GetProperty("title").GetString())
            .ShouldBe(["Charging", "Shipping"]);
    }

    [Fact]
    public async Task Stop_a_model_that_keeps_calling_tools()
    {
        await Api.Simulator.BehaveAsync(
            new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, callAgain = true, reply = "At last." });

        (await AskAsync(User(Question))).Text.ShouldBe("At last.");

        Lookup.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Pass_the_clients_functions_to_the_model_and_its_calls_to_the_client()
    {
        await Api.Simulator.BehaveAsync(new { callTool = "book_ride", rawToolArguments = "{\"bike\": " });

        var events = await StreamAsync(
            new { model = "widget", stream = true, messages = new[] { User(Question) }, tools = new[] { Function("book_ride") } });

        // The client's function comes before our tool of the same name, and the model's arguments are passed on unchanged.
        var call = events.SelectMany(Deltas).Single(delta => delta.TryGetProperty("tool_calls", out _)).GetProperty("tool_calls")[0];
        call.GetProperty("function").GetProperty("arguments").GetString().ShouldBe("{\"bike\": ");
        events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        Lookup.Runs.ShouldBe(0);
        Offered(await LastRequestAsync()).ShouldBe(["book_ride", "search_knowledge"]);
    }

    [Theory]
    [InlineData("I want to talk to a person")]
    [InlineData("Goodbye!")]
    public async Task Let_the_model_call_a_function_that_small_talk_asks_for(string message)
    {
        await Api.Simulator.BehaveAsync(new { callTool = "transfer_call" });

        var events = await StreamAsync(
            new { model = "widget", stream = true, messages = new[] { User(message) }, tools = new[] { Function("transfer_call") } });

        events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Answer_small_talk_without_the_model_when_functions_are_disabled()
    {
        var events = await StreamAsync(new
        {
            model = "widget",
            stream = true,
            messages = new[] { User("Thanks a lot!") },
            tools = new[] { Function("transfer_call") },
            tool_choice = "none",
        });

        string.Concat(events.SelectMany(Deltas).Select(Text)).ShouldStartWith("You are welcome!");
        (await Api.Simulator.RequestsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_the_model_without_knowledge_when_there_are_functions()
    {
        await UseTenantWithoutKnowledgeAsync();
        await Api.Simulator.BehaveAsync(new { callTool = "hang_up", reply = "Goodbye!" });

        var choice = new { type = "function", function = new { name = "hang_up" } };
        var forced = await StreamAsync(
            new
            {
                model = "widget",
                stream = true,
                messages = new[] { User("Please end this zebra conversation") },
                tools = new[] { Function("hang_up") },
                tool_choice = choice,
            });
        var none = await StreamAsync(
            new
            {
                model = "widget",
                stream = true,
                messages = new[] { User("Please end this zebra conversation") },
                tools = new[] { Function("hang_up") },
                tool_choice = "none",
            });

        forced[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        string.Concat(none.SelectMany(Deltas).Select(Text)).ShouldStartWith("I could not find anything");
        var request = (await Api.Simulator.RequestsAsync()).ShouldHaveSingleItem();
        request.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString().ShouldBe("hang_up");
        request.GetProperty("messages")[0].GetProperty("content").ToString().ShouldContain("None was found for the last question.");
    }

    [Fact]
    public async Task Leave_out_calls_that_the_visitor_interrupted()
    {
        var call = new { id = "call_9", type = "function", function = new { name = "hang_up", arguments = "{}" } };

        var (text, _) = await AskAsync(
            User("Bye"),
            new { role = "assistant", content = "One moment.", tool_calls = new[] { call } },
            User(Question));

        text.ShouldStartWith("From what I found");
        (await LastRequestAsync()).GetProperty("messages").ToString().ShouldNotContain("tool_calls");
    }

    [Fact]
    public async Task Leave_out_results_whose_calls_are_too_long_ago()
    {
        var call = new { id = "call_9", type = "function", function = new { name = "hang_up", arguments = "{}" } };
        object[] begun =
        [
            User("Bye"),
            new { role = "assistant", content = (string?)null, tool_calls = new[] { call } },
            User("No, wait"),
            new { role = "tool", tool_call_id = "call_9", content = "done" },
        ];
        var since = Enumerable.Range(0, 9).SelectMany(
            i => new[] { new { role = "assistant", content = $"Yes, {i}." }, User($"And number {i}?") });

        var (text, _) = await AskAsync([.. begun, .. since, User(Question)]);

        text.ShouldContain("two hours");
        (await LastRequestAsync()).GetProperty("messages").ToString().ShouldNotContain("tool_call_id");
    }
}
