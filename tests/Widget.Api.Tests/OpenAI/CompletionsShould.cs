using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Widget.Api.Tests.Tools;
using Widget.Contracts;

namespace Widget.Api.Tests.OpenAI;

/// <summary>The answers to programs that speak OpenAI's protocol. The protocol itself is tested with OpenAI's own client.</summary>
public sealed class CompletionsShould(ApiFixture api) : IAsyncLifetime
{
    private const string Question = "How long does charging with the fast charger take?";

    private readonly TestTool _lookup = TestTool.Booking(hasEffects: false);
    private readonly TestTool _order = new("place_order", true, (_, _, _) => throw new InvalidOperationException("Nobody wanted this."));
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await api.Simulator.BehaveAsync();
        _node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat, services: services =>
        {
            _lookup.Register(services);
            _order.Register(services);
        });
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        await SetAsync(new { tools = new[] { "search_knowledge", "book_ride", "place_order" } });
        _client = _node.Client((await KeyAsync()).Key);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Rest_on_the_tenants_knowledge_and_on_what_the_program_says_of_the_conversation()
    {
        await SetAsync(new { agentInstructions = "Always be cheerful." });

        var (text, end) = await AskAsync(new { role = "system", content = "The visitor's name is Ada." }, User(Question));

        text.ShouldContain("two hours");
        end.GetProperty("citations").EnumerateArray().ShouldHaveSingleItem().GetProperty("title").GetString().ShouldBe("Charging");
        var system = (await LastRequestAsync()).GetProperty("messages")[0].GetProperty("content").ToString();
        system.ShouldContain("assistant on the web site of Harbor Bikes");
        system.ShouldContain("Always be cheerful.");
        system.ShouldContain("The visitor's name is Ada.");
        system.ShouldContain("read aloud");
        system.ShouldContain("[1] Charging");
    }

    [Fact]
    public async Task Remove_citations_and_links_that_no_source_has()
    {
        await api.Simulator.BehaveAsync(
            new { reply = "It takes **two hours** [1][7]. See [the shop](https://evil.example/pay) or https://evil.example/now today." });

        var (text, end) = await AskAsync(User(Question));

        text.ShouldBe("It takes two hours. See the shop or today.");
        end.GetProperty("citations").EnumerateArray().Select(citation => citation.GetProperty("number").GetInt32()).ShouldBe([1]);
    }

    [Fact]
    public async Task Search_for_what_a_follow_up_leaves_out_without_asking_the_model_first()
    {
        var (text, _) = await AskAsync(
            User("What does delivery within Germany cost?"),
            new { role = "assistant", content = "49 euros." },
            User("And to Denmark?"));

        text.ShouldContain("89 euros");
        (await api.Simulator.RequestsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Say_that_nothing_was_found_without_asking_the_model()
    {
        (await AskAsync(User("Explain quantum entanglement, please"))).Text.ShouldStartWith("I could not find anything about that");
        (await AskAsync(User("Was kostet die Lieferung nach Dänemark?"), User("Vielen Dank!"))).Text.ShouldStartWith("Gern geschehen");
        (await AskAsync(new { role = "system", content = "Greet the visitor." })).Text.ShouldBe("Hello! What would you like to know?");
        (await api.Simulator.RequestsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Let_the_model_use_tools_without_effects_and_go_on()
    {
        await api.Simulator.BehaveAsync(
            new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, reply = "It has been noted." });

        var (text, end) = await AskAsync(User(Question));

        text.ShouldBe("It has been noted.");
        end.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        _lookup.Runs.ShouldBe(1);
        var requests = await api.Simulator.RequestsAsync();
        requests.Count.ShouldBe(2);
        Offered(requests[0]).ShouldBe(["book_ride", "search_knowledge"]);
        requests[1].GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString().ShouldContain("Tide");
    }

    [Fact]
    public async Task Cite_what_the_model_looked_up_by_itself()
    {
        await api.Simulator.BehaveAsync(new
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
    public async Task Stop_a_model_that_calls_tools_without_end()
    {
        await api.Simulator.BehaveAsync(
            new { callTool = "book_ride", toolArguments = new { bike = "Tide" }, callAgain = true, reply = "At last." });

        (await AskAsync(User(Question))).Text.ShouldBe("At last.");

        _lookup.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Hand_the_clients_functions_to_the_model_and_its_calls_to_the_client()
    {
        await api.Simulator.BehaveAsync(new { callTool = "book_ride", rawToolArguments = "{\"bike\": " });

        var events = await StreamAsync(
            new { model = "widget", stream = true, messages = new[] { User(Question) }, tools = new[] { Function("book_ride") } });

        // The client's function comes before our tool of the same name, and the model's arguments are passed on unchanged.
        var call = events.SelectMany(Deltas).Single(delta => delta.TryGetProperty("tool_calls", out _)).GetProperty("tool_calls")[0];
        call.GetProperty("function").GetProperty("arguments").GetString().ShouldBe("{\"bike\": ");
        events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        _lookup.Runs.ShouldBe(0);
        Offered(await LastRequestAsync()).ShouldBe(["book_ride", "search_knowledge"]);
    }

    [Fact]
    public async Task Ask_the_model_about_a_wish_that_no_page_answers_when_there_are_functions()
    {
        await api.Simulator.BehaveAsync(new { callTool = "hang_up", reply = "Goodbye!" });

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
        var request = (await api.Simulator.RequestsAsync()).ShouldHaveSingleItem();
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

    [Fact]
    public async Task Quote_when_the_model_fails_before_its_first_word_and_say_so_after_it()
    {
        await api.Simulator.BehaveAsync(new { failNext = 10 });
        var (quoted, end) = await AskAsync(User(Question));
        await api.Simulator.BehaveAsync(new { reply = string.Join(' ', Enumerable.Range(1, 60)), tokenDelayMs = 5, cutAfter = 40 });
        var broken = await StreamAsync(new { model = "widget", stream = true, messages = new[] { User(Question) } }, done: false);

        quoted.ShouldContain("The fast charger needs two hours.");
        quoted.ShouldNotContain("[");
        end.GetProperty("citations").GetArrayLength().ShouldBe(1);
        string.Concat(broken.SkipLast(1).SelectMany(Deltas).Select(Text)).ShouldStartWith("1 2 3");
        broken[^1].GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
    }

    [Fact]
    public async Task Begin_while_the_model_still_writes()
    {
        await api.Simulator.BehaveAsync(new { reply = string.Join(' ', Enumerable.Range(1, 2_000)), tokenDelayMs = 20 });

        using var response = await SendAsync(new { model = "widget", stream = true, messages = new[] { User(Question) } });
        var first = await EventsAsync(response)
            .Where(entry => entry != "[DONE]")
            .Select(entry => JsonDocument.Parse(entry).RootElement)
            .FirstAsync(entry => Text(Deltas(entry).Single()).Length > 0);

        Text(Deltas(first).Single()).ShouldStartWith("1");
        (await api.Simulator.GivenUpAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Answer_guesses_that_overlap_each_by_itself_and_keep_nothing_of_them()
    {
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(new { tokenDelayMs = 10, reply = string.Join(' ', Enumerable.Range(1, 1_000)) });
        var guesses = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => SendAsync(new { model = "widget", stream = true, messages = new[] { User(Question) } })));
        foreach (var guess in guesses) await EventsAsync(guess).Skip(1).FirstAsync();

        guesses[0].Dispose();
        guesses[1].Dispose();

        await Eventually.TrueAsync(async () => await api.Simulator.GivenUpAsync() == 2, "two are given up");
        (await EventsAsync(guesses[2]).Take(10).ToListAsync()).Count.ShouldBe(10);
        guesses[2].Dispose();
        await Eventually.TrueAsync(async () => await api.Simulator.GivenUpAsync() == 3, "all are given up");
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Quote_without_a_model()
    {
        await using var node = await ApiNode.StartAsync(api.Database);
        using var client = node.Client((await KeyAsync()).Key);
        object Request(object? choice) =>
            new
            {
                model = _tenant.Created.Slug,
                messages = new[] { User(Question) },
                tools = new[] { Function("hang_up") },
                tool_choice = choice,
            };

        var answer = await (await client.PostAsJsonAsync("/v1/chat/completions", Request(null))).Content.ReadFromJsonAsync<JsonElement>();
        var forced = await client.PostAsJsonAsync("/v1/chat/completions", Request("required"));

        answer.GetProperty("model").GetString().ShouldBe(_tenant.Created.Slug);
        answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!.ShouldContain("two hours");
        forced.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Ignore_other_fields_that_clients_send()
    {
        var response = await _client.PostAsJsonAsync("/v1/chat/completions", new Dictionary<string, object?>
        {
            ["model"] = "widget",
            ["messages"] = new[] { new { role = "user", content = new[] { new { type = "text", text = Question } }, name = "ada" } },
            ["n"] = 1,
            ["stop"] = new[] { "", "END" },
            ["max_tokens"] = 200,
            ["temperature"] = 0.9,
            ["response_format"] = new { type = "text" },
            ["tools"] = null,
            ["stream_options"] = null,
            ["something_new"] = new { deep = true },
        });

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var request = await LastRequestAsync();
        request.GetProperty("stop").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("END");
        request.GetProperty("max_completion_tokens").GetInt32().ShouldBe(200);
        request.GetProperty("temperature").GetDouble().ShouldBe(0.2, 0.001);
    }

    [Fact]
    public async Task Be_opened_by_its_own_keys_which_open_nothing_else()
    {
        var key = await KeyAsync();
        using var withHeader = _node.Client();
        withHeader.DefaultRequestHeaders.Add("X-API-Key", key.Key);
        using var developerByHeader = _node.Client();
        developerByHeader.DefaultRequestHeaders.Add("X-API-Key", _tenant.Created.ApiKey);
        using var elsewhere = _node.Client(key.Key);
        using var nobody = _node.Client();

        (await withHeader.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _tenant.Developer.GetAsync("/v1/models/widget")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await nobody.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await elsewhere.GetAsync("/v1/nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var path in new[] { "/api/settings", "/api/tools", "/api/keys/model" })
        {
            (await elsewhere.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await developerByHeader.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await elsewhere.PostAsJsonAsync("/api/tavus/tool", new { name = "search_knowledge" })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
        (await _tenant.Developer.GetFromJsonAsync<ModelKeyInfo[]>("/api/keys/model", TestTenant.Json))!
            .ShouldContain(info => info.Id == key.Id && key.Key.StartsWith(info.Prefix));
        (await _tenant.Developer.DeleteAsync($"/api/keys/model/{key.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _tenant.Developer.DeleteAsync($"/api/keys/model/{key.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await elsewhere.GetAsync("/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Read_no_more_than_it_must()
    {
        var response = await _client.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model = "widget", messages = new[] { User(new string('x', 300_000)) } });

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString()
            .ShouldBe("The request is larger than 256 KB.");
    }

    private static object User(string content) => new { role = "user", content };

    private static object Function(string name) =>
        new
        {
            type = "function",
            function = new { name, description = "Does it.", parameters = new { type = "object", properties = new { } } },
        };

    private static IEnumerable<JsonElement> Deltas(JsonElement chunk) =>
        chunk.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("delta"));

    private static string Text(JsonElement delta) => delta.TryGetProperty("content", out var content) ? content.GetString()! : "";

    private static IEnumerable<string> Offered(JsonElement request) =>
        request.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!);

    private async Task<(string Text, JsonElement End)> AskAsync(params object[] messages)
    {
        var events = await StreamAsync(new { model = "widget", stream = true, messages });
        return (string.Concat(events.SelectMany(Deltas).Select(Text)), events[^1]);
    }

    private async Task<List<JsonElement>> StreamAsync(object request, bool done = true)
    {
        using var response = await SendAsync(request);
        response.StatusCode.ShouldBe(
            HttpStatusCode.OK,
            response.StatusCode == HttpStatusCode.OK ? null : await response.Content.ReadAsStringAsync());
        var events = await EventsAsync(response).ToListAsync();
        if (done) events[^1].ShouldBe("[DONE]");
        return [.. events.Where(entry => entry != "[DONE]").Select(entry => JsonDocument.Parse(entry).RootElement)];
    }

    private Task<HttpResponseMessage> SendAsync(object request) => _client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(request) },
        HttpCompletionOption.ResponseHeadersRead);

    private static async IAsyncEnumerable<string> EventsAsync(HttpResponseMessage response)
    {
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        await foreach (var entry in parser.EnumerateAsync()) yield return entry.Data;
    }

    private async Task<JsonElement> LastRequestAsync() => (await api.Simulator.RequestsAsync())[^1];

    private async Task SetAsync(object settings) =>
        (await _tenant.Developer.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();

    private async Task<CreatedModelKey> KeyAsync()
    {
        var response = await _tenant.Developer.PostAsJsonAsync("/api/keys/model", new { name = "test" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<CreatedModelKey>(TestTenant.Json))!;
    }
}
