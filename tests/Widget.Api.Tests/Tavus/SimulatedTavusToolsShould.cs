using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Widget.Api.Tavus.Client;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>How the simulated Tavus calls tools and a custom language model.</summary>
public sealed class SimulatedTavusToolsShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private TavusStandIn _ours = null!;

    public async ValueTask InitializeAsync() => _ours = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _ours.DisposeAsync();

    [Theory]
    [InlineData("""{"type":"hmac","secret":"s3cret"}""")]
    [InlineData("""{"type":"bearer","token":"t0ken"}""")]
    [InlineData("""{"type":"basic","username":"u","password":"p"}""")]
    [InlineData("""{"type":"api_key","name":"X-Shop-Key","value":"v"}""")]
    [InlineData("""{"type":"api_key","location":"query","name":"key","value":"v"}""")]
    [InlineData("""{"type":"none"}""")]
    public async Task Deliver_tools_over_http_with_the_configured_authentication(string auth)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        _ours.Says(200, """{"found":3}""");
        var proof = JsonSerializer.Deserialize<ToolAuth>(auth, TavusJson.Requests)!;
        await AttachAsync(tavus, new ToolDelivery { Api = new ToolApi { Url = $"{_ours.Address}tool", Auth = proof } });
        var call = await tavus.OpenAsync();

        var made = await tavus.PostAsync(
            $"conversations/{call.Id}/tool-call",
            new { name = "search_knowledge", arguments = new { query = "bells" }, toolCallId = "call_1" });

        (made.GetProperty("status").GetInt32(), made.GetProperty("response").GetString()).ShouldBe((200, """{"found":3}"""));
        var request = _ours.Requests.Single();
        var body = request.Body!.Value;
        switch (proof.Type)
        {
            case "hmac":
                request.Headers["X-Tavus-Signature"].ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, request.Raw)));
                (
                    body.GetProperty("conversation_id").GetString(),
                    body.GetProperty("tool_call_id").GetString(),
                    body.GetProperty("name").GetString(),
                    body.GetProperty("arguments").GetString())
                    .ShouldBe((call.Id, "call_1", "search_knowledge", """{"query":"bells"}"""));
                return;
            case "bearer": request.Headers["Authorization"].ShouldBe("Bearer t0ken"); break;
            case "basic": request.Headers["Authorization"].ShouldBe("Basic dTpw"); break;
            case "api_key" when proof.Location is null: request.Headers["X-Shop-Key"].ShouldBe("v"); break;
            case "api_key": request.Query.ShouldBe("?key=v"); break;
            default: request.Headers.ContainsKey("Authorization").ShouldBeFalse(); break;
        }

        body.GetRawText().ShouldBe("""{"query":"bells"}""", "without hmac the arguments are all there is");
    }

    [Fact]
    public async Task Fetch_an_access_token_and_a_new_one_when_it_is_refused()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var tokens = 0;
        _ours.Answer = http =>
            http.Request.Path == "/token" ? TavusStandIn.JsonAsync(
                http,
                200,
                $$"""{"access_token":"token-{{Interlocked.Increment(ref tokens)}}"}""")
            : TavusStandIn.JsonAsync(http, TavusStandIn.Of(http).Headers["Authorization"] == "Bearer token-2" ? 200 : 401, "{}");
        var auth = new ToolAuth
        {
            Type = "oauth2_client_credentials",
            TokenUrl = $"{_ours.Address}token",
            ClientId = "c",
            ClientSecret = "s",
        };
        await AttachAsync(tavus, new ToolDelivery { Api = new ToolApi { Url = $"{_ours.Address}tool", Auth = auth } });
        var call = await tavus.OpenAsync();
        var called = await tavus.PostAsync(
            $"conversations/{call.Id}/tool-call",
            new { name = "search_knowledge", arguments = new { query = "bells" } });
        called.GetProperty("status").GetInt32().ShouldBe(200);
        _ours.Requests.Select(request => request.Path).ShouldBe(["/token", "/tool", "/token", "/tool"]);
    }

    [Fact]
    public async Task Deliver_tools_through_the_room_and_wait_for_the_result()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        await AttachAsync(tavus, ToolDelivery.Room);
        var call = await tavus.OpenAsync();
        var made = await tavus.PostAsync(
            $"conversations/{call.Id}/tool-call",
            new { name = "search_knowledge", arguments = """{"query":"bells"}""" });
        made.GetProperty("delivery").GetString().ShouldBe("app_message");
        await tavus.PostAsync($"conversations/{call.Id}/message", new
        {
            message_type = "conversation",
            event_type = "conversation.tool_result",
            conversation_id = call.Id,
            properties = new { tool_call_id = made.GetProperty("id").GetString(), output = new { found = 3 }, status = "success" },
        });

        var seen = await tavus.CallAsync(call.Id);
        var message = seen.GetProperty("toRoom").EnumerateArray()
            .Single(sent => sent.GetProperty("event_type").GetString() == "conversation.tool_call");
        message.GetProperty("properties").GetProperty("arguments").GetString().ShouldBe("""{"query":"bells"}""");
        seen.GetProperty("transcript").EnumerateArray().Last().GetProperty("content").GetString()
            .ShouldBe("""Here is what I found: {"found":3}""");
    }

    [Fact]
    public async Task Call_a_custom_model_repeatedly_while_the_visitor_speaks()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { speculations = 3, speculationGapMs = 150 });
        var abandoned = 0;
        _ours.Answer = async http =>
        {
            var said = TavusStandIn.Of(http).Body!.Value.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString();
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync($"data: {{\"choices\":[{{\"delta\":{{\"content\":\"You asked \"}}}}]}}\n\n");
            await http.Response.Body.FlushAsync();
            try
            {
                if (said != "do you have bells in stock") await Task.Delay(Timeout.Infinite, http.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref abandoned);
                return;
            }

            await http.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"for bells.\"}}]}\n\ndata: [DONE]\n\n");
        };
        var persona = await tavus.Client.CreatePersonaAsync(tavus.Account, new CreatePersona
        {
            SystemPrompt = "Sell.",
            Layers = new PersonaLayers
            {
                Llm = new LlmLayer
                {
                    Model = "ours",
                    BaseUrl = $"{_ours.Address}v1",
                    ApiKey = "k3y",
                    ExtraBody = new Dictionary<string,
                    JsonElement>
                    { ["temperature"] = FilledRequests.Json("0.1") },
                },
            },
        }, Ct);
        var call = await tavus.OpenAsync(
            new CreateConversation { PersonaId = persona.Id, ReplicaId = "r4dcf31b60e1", ConversationalContext = "Session 7" });

        var reply = await tavus.PostAsync($"conversations/{call.Id}/say", new { text = "do you have bells in stock" });

        reply.GetProperty("reply").GetString().ShouldBe("You asked for bells.");
        await Eventually.TrueAsync(() => abandoned == _ours.Requests.Count - 1, "all but one were given up");
        var asked = _ours.Requests.Select(request => request.Body!.Value).ToList();
        var heard = asked.Select(body => body.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!).Order(
            StringComparer.Ordinal)
            .ToList();
        heard[^1].ShouldBe("do you have bells in stock");
        heard.SkipLast(1).ShouldBeSubsetOf(["do you", "do you have bells"]);
        heard.Count.ShouldBeGreaterThan(1);
        asked.ShouldAllBe(
            body => body.GetProperty("stream").GetBoolean()
                && body.GetProperty("temperature").GetDouble() == 0.1
                && body.GetProperty("model").GetString() == "ours");
        asked[0].GetProperty("messages").EnumerateArray().Take(2).Select(message => message.GetProperty("content").GetString())
            .ShouldBe(["Sell.", "Session 7"]);
        _ours.Requests.ShouldAllBe(request => request.Path == "/v1/chat/completions" && request.Headers["Authorization"] == "Bearer k3y");
    }

    private static async Task AttachAsync(TavusTestAccount tavus, ToolDelivery delivery)
    {
        var tool = await tavus.Client.CreateToolAsync(tavus.Account, new ToolDefinition
        {
            Name = "search_knowledge",
            Description = "Finds what the company knows.",
            Parameters = FilledRequests.Json("""{"type":"object","properties":{"query":{"type":"string"}}}"""),
            OnResolve = "generate_response",
            Delivery = delivery,
        }, Ct);
        await tavus.Client.AttachToolAsync(tavus.Account, TavusTestAccount.StockPersona, tool.Id, Ct);
    }
}
