using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Testing;

namespace Widget.Api.Tests.OpenAI;

/// <summary>The answers to programs that use OpenAI's protocol. The protocol itself is tested with OpenAI's own client.</summary>
public sealed class CompletionsShould(ApiFixture api) : CompletionsTest(api)
{
    [Fact]
    public async Task Use_the_tenants_knowledge_and_the_programs_instructions()
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
        await Api.Simulator.BehaveAsync(
            new { reply = "It takes **two hours** [1][7]. See [the shop](https://evil.example/pay) or https://evil.example/now today." });

        var (text, end) = await AskAsync(User(Question));

        text.ShouldBe("It takes two hours. See the shop or today.");
        end.GetProperty("citations").EnumerateArray().Select(citation => citation.GetProperty("number").GetInt32()).ShouldBe([1]);
    }

    [Fact]
    public async Task Search_for_a_follow_up_without_calling_the_model_first()
    {
        var (text, _) = await AskAsync(
            User("What does delivery within Germany cost?"),
            new { role = "assistant", content = "49 euros." },
            User("And to Denmark?"));

        text.ShouldContain("89 euros");
        (await Api.Simulator.RequestsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Say_that_nothing_was_found_without_calling_the_model()
    {
        await UseTenantWithoutKnowledgeAsync();
        (await AskAsync(User("Explain quantum entanglement, please"))).Text.ShouldStartWith("I could not find anything about that");
        (await AskAsync(User("Was kostet die Lieferung nach Dänemark?"), User("Vielen Dank!"))).Text.ShouldStartWith("Gern geschehen");
        (await AskAsync(new { role = "system", content = "Greet the visitor." })).Text.ShouldBe("Hello! What would you like to know?");
        (await Api.Simulator.RequestsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("I want to talk to a person")]
    [InlineData("My phone number is 030 1234567, call me please")]
    [InlineData("This is unacceptable!")]
    public async Task Promise_nothing_that_a_person_would_have_to_do(string message)
    {
        await UseTenantWithoutKnowledgeAsync();

        (await AskAsync(User(message))).Text.ShouldStartWith("I could not find anything");
    }

    [Fact]
    public async Task Quote_when_the_model_fails_before_its_first_word_and_report_it_after_that()
    {
        await Api.Simulator.BehaveAsync(new { failNext = 10 });
        var (quoted, end) = await AskAsync(User(Question));
        await Api.Simulator.BehaveAsync(new { reply = string.Join(' ', Enumerable.Range(1, 60)), tokenDelayMs = 5, cutAfter = 40 });
        var broken = await StreamAsync(new { model = "widget", stream = true, messages = new[] { User(Question) } }, done: false);

        quoted.ShouldContain("The fast charger needs two hours.");
        quoted.ShouldNotContain("[");
        end.GetProperty("citations").GetArrayLength().ShouldBe(1);
        string.Concat(broken.SkipLast(1).SelectMany(Deltas).Select(Text)).ShouldStartWith("1 2 3");
        broken[^1].GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
    }

    [Fact]
    public async Task Begin_while_the_model_is_still_writing()
    {
        await Api.Simulator.BehaveAsync(new { reply = string.Join(' ', Enumerable.Range(1, 2_000)), tokenDelayMs = 20 });

        using var response = await SendAsync(new { model = "widget", stream = true, messages = new[] { User(Question) } });
        var first = await EventsAsync(response)
            .Where(entry => entry != "[DONE]")
            .Select(entry => JsonDocument.Parse(entry).RootElement)
            .FirstAsync(entry => Text(Deltas(entry).Single()).Length > 0);

        Text(Deltas(first).Single()).ShouldStartWith("1");
        (await Api.Simulator.GivenUpAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Answer_overlapping_requests_separately_and_store_nothing()
    {
        var visitor = await Tenant.VisitAsync();
        await Api.Simulator.BehaveAsync(new { tokenDelayMs = 10, reply = string.Join(' ', Enumerable.Range(1, 1_000)) });
        var guesses = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => SendAsync(new { model = "widget", stream = true, messages = new[] { User(Question) } })));
        foreach (var guess in guesses) await EventsAsync(guess).Skip(1).FirstAsync();

        guesses[0].Dispose();
        guesses[1].Dispose();

        await Eventually.TrueAsync(async () => await Api.Simulator.GivenUpAsync() == 2, "two are given up");
        (await EventsAsync(guesses[2]).Take(10).ToListAsync()).Count.ShouldBe(10);
        guesses[2].Dispose();
        await Eventually.TrueAsync(async () => await Api.Simulator.GivenUpAsync() == 3, "all are given up");
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Quote_without_a_model()
    {
        await using var node = await ApiNode.StartAsync(Api.Database);
        using var client = node.Client((await KeyAsync()).Key);
        object Request(object? choice) =>
            new
            {
                model = Tenant.Created.Slug,
                messages = new[] { User(Question) },
                tools = new[] { Function("hang_up") },
                tool_choice = choice,
            };

        var answer = await (await client.PostAsJsonAsync("/v1/chat/completions", Request(null))).Content.ReadFromJsonAsync<JsonElement>();
        var forced = await client.PostAsJsonAsync("/v1/chat/completions", Request("required"));

        answer.GetProperty("model").GetString().ShouldBe(Tenant.Created.Slug);
        answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!.ShouldContain("two hours");
        forced.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Ignore_other_fields_that_clients_send()
    {
        var response = await Client.PostAsJsonAsync("/v1/chat/completions", new Dictionary<string, object?>
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
    public async Task Refuse_a_request_that_is_too_large()
    {
        var response = await Client.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model = "widget", messages = new[] { User(new string('x', 300_000)) } });

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString()
            .ShouldBe("The request is larger than 256 KB.");
    }
}
