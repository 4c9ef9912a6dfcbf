using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.OpenAI;

/// <summary>The public openai package of npm as the client (tests/openai-client), which is what the endpoint is for.</summary>
public sealed class OpenAIClientShould(ApiFixture api) : IAsyncLifetime
{
    private const string Question = "How long does charging with the fast charger take?";

    private ApiNode _node = null!;
    private string _key = null!;

    public async ValueTask InitializeAsync()
    {
        await api.Simulator.BehaveAsync();
        _node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        var created = await tenant.Developer.PostAsJsonAsync("/api/keys/model", new { name = "test" });
        _key = (await created.Content.ReadFromJsonAsync<CreatedModelKey>(TestTenant.Json))!.Key;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Stream_an_answer_with_what_it_rests_on()
    {
        var result = (await RunAsync("streamed")).GetProperty("result");

        result.GetProperty("role").GetString().ShouldBe("assistant");
        var text = result.GetProperty("text").GetString()!;
        text.ShouldContain("two hours");
        text.ShouldNotContain("[1]");
        text.ShouldNotContain("*");
        result.GetProperty("pieces").GetInt32().ShouldBeGreaterThan(3);
        result.GetProperty("finish").GetString().ShouldBe("stop");
        result.GetProperty("citations")[0].GetProperty("title").GetString().ShouldBe("Charging");
        result.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Take_an_answer_whole()
    {
        var result = (await RunAsync("whole")).GetProperty("result");

        result.GetProperty("object").GetString().ShouldBe("chat.completion");
        result.GetProperty("model").GetString().ShouldBe("widget");
        var choice = result.GetProperty("choices")[0];
        choice.GetProperty("message").GetProperty("content").GetString()!.ShouldContain("two hours");
        choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
        result.GetProperty("citations")[0].GetProperty("number").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Be_asked_to_call_its_functions()
    {
        await api.Simulator.BehaveAsync(new { callTool = "find_price", toolArguments = new { model = "Tide Step" } });

        var result = (await RunAsync("tools")).GetProperty("result");

        result.GetProperty("finish").GetString().ShouldBe("tool_calls");
        var call = result.GetProperty("calls").EnumerateArray().ShouldHaveSingleItem();
        call.GetProperty("index").GetInt32().ShouldBe(0);
        call.GetProperty("type").GetString().ShouldBe("function");
        call.GetProperty("function").GetProperty("name").GetString().ShouldBe("find_price");
        call.GetProperty("function").GetProperty("arguments").GetString().ShouldBe("""{"model":"Tide Step"}""");
    }

    [Fact]
    public async Task Call_its_functions_and_get_the_answer_that_follows()
    {
        await api.Simulator.BehaveAsync(
            new { callTool = "find_price", toolArguments = new { model = "Tide Step" }, reply = "It costs 2,890 euros." });

        var result = (await RunAsync("runner", "What does the Tide Step cost?")).GetProperty("result");

        result.GetProperty("text").GetString().ShouldBe("It costs 2,890 euros.");
        result.GetProperty("asked")[0].GetProperty("model").GetString().ShouldBe("Tide Step");
        var last = (await api.Simulator.RequestsAsync())[^1].GetProperty("messages").EnumerateArray().ToList();
        last.Select(message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool"]);
        last[^1].GetProperty("content").ToString().ShouldContain("2890");
    }

    [Fact]
    public async Task Give_up_an_answer_and_with_it_all_that_was_begun_for_it()
    {
        await api.Simulator.BehaveAsync(new { reply = string.Join(' ', Enumerable.Range(1, 5_000)), tokenDelayMs = 10 });

        var result = (await RunAsync("abort")).GetProperty("result");

        result.GetProperty("seen").GetString()!.ShouldStartWith("1");
        await Eventually.TrueAsync(async () => await api.Simulator.GivenUpAsync() == 1, "the model's answer is given up");
    }

    [Fact]
    public async Task Know_what_was_wrong()
    {
        var key = _key;
        _key = "mk_wrong";
        var unauthorised = (await RunAsync("streamed")).GetProperty("error");
        _key = key;
        var wrong = (await RunAsync("wrong")).GetProperty("error");
        var unknown = (await RunAsync("unknown")).GetProperty("error");

        unauthorised.GetProperty("name").GetString().ShouldBe("AuthenticationError");
        unauthorised.GetProperty("code").GetString().ShouldBe("invalid_api_key");
        wrong.GetProperty("name").GetString().ShouldBe("BadRequestError");
        wrong.GetProperty("param").GetString().ShouldBe("messages[0].role");
        unknown.GetProperty("name").GetString().ShouldBe("NotFoundError");
        unknown.GetProperty("code").GetString().ShouldBe("model_not_found");
    }

    [Fact]
    public async Task See_the_models() =>
        (await RunAsync("models")).GetProperty("result").EnumerateArray().Select(model => model.GetString()).ShouldBe(["widget"]);

    private async Task<JsonElement> RunAsync(string scenario, string question = Question)
    {
        var folder = Path.Combine(Repository.Root, "tests", "openai-client");
        Directory.Exists(Path.Combine(folder, "node_modules", "openai")).ShouldBeTrue("Run `npm ci` in tests/openai-client first.");
        var start = new ProcessStartInfo("node", ["client.mjs", scenario, question])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["OPENAI_BASE_URL"] = new Uri(_node.Address, "/v1").ToString();
        start.Environment["OPENAI_API_KEY"] = _key;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
