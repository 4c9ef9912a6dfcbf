using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>The simulator is what everything else about video is tested on, so what it promises is tested, too.</summary>
public sealed class SimulatedTavusShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private TavusStandIn _ours = null!;

    public async ValueTask InitializeAsync() => _ours = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _ours.DisposeAsync();

    private IEnumerable<string> Told => _ours.Requests.Select(request => request.Body!.Value.GetProperty("event_type").GetString()!);

    [Fact]
    public async Task Refuse_what_Tavus_does_not_know()
    {
        using var http = new HttpClient { BaseAddress = new Uri(api.Simulator.Address, "/tavus/v2/") };
        http.DefaultRequestHeaders.Add("x-api-key", "sim-tavus-key");
        foreach (var (body, field) in new[]
        {
            ("""{"persona_id":"p5d11710002a","metadata":{}}""", "metadata"),
            ("""{"persona_id":"p5d11710002a","audio_only":"yes"}""", "audio_only"),
            ("""{"persona_id":"p5d11710002a","properties":{"max_call_duration":4000}}""", "max_call_duration"),
            ("""{"persona_id":"p5d11710002a","properties":{"is_private":true}}""", "is_private"),
            ("""{"persona_id":"p5d11710002a","callback_url":"http://widget.example/plain"}""", ""),
            ("""{"persona_id":null}""", "persona_id"),
            ("{}", "persona_id"),
        })
        {
            using var response = await http.PostAsync("conversations", new StringContent(body, Encoding.UTF8, "application/json"));
            if (field.Length == 0)
            {
                // Callbacks may go to plain http; only tools may not.
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                continue;
            }

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
            JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
                .GetProperty("error")
                .GetString()!.ShouldContain(field);
        }
    }

    [Fact]
    public async Task Know_its_calls_again_after_a_crash()
    {
        var journal = Path.Combine(Path.GetTempPath(), $"widget-tavus-{Guid.NewGuid():N}.journal");
        try
        {
            string key, ended, open;
            await using (var before = await Simulator.StartAsync(journal))
            {
                await using var tavus = await TavusTestAccount.CreateAsync(before, new { slots = 2 }, new { replicaJoinsAfter = 0 });
                key = tavus.Account.Key;
                ended = (await tavus.OpenAsync()).Id;
                open = (await tavus.OpenAsync()).Id;
                await tavus.Client.EndConversationAsync(tavus.Account, ended, Ct);
                await Eventually.TrueAsync(
                    async () => (await tavus.Client.GetConversationAsync(tavus.Account, open, verbose: true, Ct)).Events.Count > 0,
                    "the replica has come");
            }

            await using var again = await Simulator.StartAsync(journal);

            var calls = (await again.Control.GetFromJsonAsync<SimulatedCall[]>(
                $"/control/tavus/conversations?account={key}",
                TestTenant.Json))!;
            calls.Select(call => (call.Id, call.Status, call.EndCalls)).ShouldBe([(ended, "ended", 1), (open, "active", 0)]);
            var account = await again.Control.GetFromJsonAsync<JsonElement>($"/control/tavus/accounts/{key}");
            (account.GetProperty("slots").GetInt32(), account.GetProperty("active").GetInt32()).ShouldBe((2, 1));
        }
        finally
        {
            File.Delete(journal);
        }
    }

    [Theory]
    [InlineData("""{"max_call_duration":2}""", true, "max_call_duration reached")]
    [InlineData("""{"participant_absent_timeout":2}""", false, "participant_absent_timeout")]
    [InlineData("{}", true, "participant_left_timeout")]
    public async Task End_calls_by_themselves(string properties, bool visited, string reason)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { slots = 1 }, new { secondsPerSecond = 10 });
        var call = await tavus.OpenAsync(new CreateConversation
        {
            PersonaId = TavusTestAccount.StockPersona,
            Properties = JsonSerializer.Deserialize<ConversationProperties>(properties, TavusJson.Requests),
        });
        if (visited) (await tavus.PostAsync($"conversations/{call.Id}/join")).GetBoolean().ShouldBeTrue();
        if (properties == "{}") await tavus.PostAsync($"conversations/{call.Id}/leave");
        await Eventually.TrueAsync(() => tavus.IsEndedAsync(call.Id));
        (await tavus.CallAsync(call.Id)).GetProperty("endedBy").GetString().ShouldBe(reason);
        await tavus.OpenAsync();
    }

    [Fact]
    public async Task Stay_open_when_somebody_comes_back_in_time()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var call = await tavus.OpenAsync(
            new CreateConversation
            {
                PersonaId = TavusTestAccount.StockPersona,
                Properties = new ConversationProperties { ParticipantLeftTimeout = 3600 },
            });
        await tavus.PostAsync($"conversations/{call.Id}/join");
        await tavus.PostAsync($"conversations/{call.Id}/leave");
        await tavus.PostAsync($"conversations/{call.Id}/join");
        (await tavus.IsEndedAsync(call.Id)).ShouldBeFalse();
        (await tavus.CallAsync(call.Id)).GetProperty("participants").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Tell_the_callback_everything_in_order_and_keep_it_for_whoever_asks()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var call = await OpenVisitedAsync(tavus, record: true);
        await tavus.PostAsync($"conversations/{call.Id}/say", new { text = "Do you have bells?" });
        await tavus.Client.EndConversationAsync(tavus.Account, call.Id, Ct);
        await Eventually.TrueAsync(() => Task.FromResult(_ours.Requests.Count == 5), string.Join(' ', Told));

        string[] events =
        [
            "system.replica_joined",
            "system.shutdown",
            "application.transcription_ready",
            "application.recording_ready",
            "application.perception_analysis",
        ];
        Told.ShouldBe(events);
        _ours.Requests.ShouldAllBe(
            request => request.Path == "/callback/token" && request.Body!.Value.GetProperty("conversation_id").GetString() == call.Id);
        var transcript = _ours.Requests.ElementAt(2).Body!.Value.GetProperty("properties").GetProperty("transcript").EnumerateArray()
            .Select(entry => entry.GetProperty("content").GetString());
        transcript.ShouldBe(["You welcome people.", "Good day!", "Do you have bells?", "You said: Do you have bells?"]);
        (await tavus.Client.GetConversationAsync(tavus.Account, call.Id, verbose: true, Ct)).Events.Select(happened => happened.Type)
            .ShouldBe(events);
    }

    [Fact]
    public async Task Lose_repeat_and_shuffle_callbacks_when_told_to()
    {
        await using var twice = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { duplicateCallbacks = 1, shuffleCallbacks = true, perceptionAnalysis = (string?)null });
        var call = await OpenVisitedAsync(twice);
        await twice.Client.EndConversationAsync(twice.Account, call.Id, Ct);
        await Eventually.TrueAsync(() => Task.FromResult(_ours.Requests.Count == 6));
        Told.GroupBy(type => type).ShouldAllBe(group => group.Count() == 2);
        _ours.Requests.Clear();

        await using var never = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { callbackLoss = 1.0, perceptionAnalysis = (string?)null });
        var lost = await OpenVisitedAsync(never);
        await never.Client.EndConversationAsync(never.Account, lost.Id, Ct);
        await Eventually.TrueAsync(async () => (await never.CallAsync(lost.Id)).GetProperty("callbacks").GetArrayLength() == 3);
        _ours.Requests.ShouldBeEmpty();
        (await never.Client.GetConversationAsync(never.Account, lost.Id, verbose: true, Ct)).Events.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"type":"hmac","secret":"s3cret"}""")]
    [InlineData("""{"type":"bearer","token":"t0ken"}""")]
    [InlineData("""{"type":"basic","username":"u","password":"p"}""")]
    [InlineData("""{"type":"api_key","name":"X-Shop-Key","value":"v"}""")]
    [InlineData("""{"type":"api_key","location":"query","name":"key","value":"v"}""")]
    [InlineData("""{"type":"none"}""")]
    public async Task Deliver_tools_over_http_with_the_proof_that_was_asked_for(string auth)
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
    public async Task Fetch_a_token_for_a_tool_that_wants_one_and_another_when_it_is_refused()
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
    public async Task Ask_a_custom_model_over_and_over_while_somebody_speaks()
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
        await Eventually.TrueAsync(() => Task.FromResult(abandoned == _ours.Requests.Count - 1), "all but one were given up");
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

    [Fact]
    public async Task Fetch_documents_from_where_they_are_said_to_be()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, behavior: new { documentSeconds = 0 });
        _ours.Answer = async http =>
        {
            http.Response.StatusCode = http.Request.Path == "/good" ? 200 : 403;
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync("Bells cost 12 euros.");
        };
        var good = await tavus.Client.CreateDocumentAsync(
            tavus.Account,
            new CreateDocument { DocumentUrl = $"{_ours.Address}good", CallbackUrl = $"{_ours.Address}told" },
            Ct);
        var bad = await tavus.Client.CreateDocumentAsync(tavus.Account, new CreateDocument { DocumentUrl = $"{_ours.Address}bad" }, Ct);
        await Eventually.TrueAsync(
            () => Task.FromResult(
                _ours.Requests.Any(
                    request => request.Path == "/told" && request.Body!.Value.GetProperty("status").GetString() == "ready")));
        await Eventually.TrueAsync(async () => (await tavus.Client.GetDocumentAsync(tavus.Account, bad.Id, Ct)).Status == "error");
        (await tavus.Client.GetDocumentAsync(tavus.Account, bad.Id, Ct)).ErrorMessage.ShouldBe("file_download_failed");
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(api.Simulator.Address, $"/control/tavus/documents/{good.Id}/content")))
            .ShouldBe("Bells cost 12 euros.");
    }

    [Theory]
    [InlineData(null, "completed")]
    [InlineData("no face in it", "error")]
    public async Task Train_replicas_and_tell_of_it(string? error, string status)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(
            api.Simulator,
            behavior: new { trainingSeconds = 0.05, trainingError = error });
        var replica = await tavus.Client.CreateReplicaAsync(
            tavus.Account,
            new CreateReplica { TrainVideoUrl = "https://shop.example/v.mp4", CallbackUrl = $"{_ours.Address}told" },
            Ct);
        await Eventually.TrueAsync(() => Task.FromResult(!_ours.Requests.IsEmpty));
        var read = await tavus.Client.GetReplicaAsync(tavus.Account, replica.Id, Ct);
        (read.Status, read.ErrorMessage).ShouldBe((status, error));
        _ours.Requests.Single().Body!.Value.GetProperty("status").GetString().ShouldBe(error is null ? "ready" : "error");
    }

    [Fact]
    public async Task Hold_a_thousand_calls_at_a_time_and_not_one_more()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { slots = 1_000 });
        var opened = await Task.WhenAll(Enumerable.Range(0, 1_020).Select(async _ =>
        {
            try
            {
                return (await tavus.OpenAsync()).Id;
            }
            catch (TavusException e) when (e.Fault == TavusFault.ConcurrencyReached)
            {
                return null;
            }
        }));
        opened.Count(id => id is not null).ShouldBe(1_000);
        await Task.WhenAll(opened.OfType<string>().Select(id => tavus.Client.EndConversationAsync(tavus.Account, id, Ct)));
        var calls = await tavus.CallsAsync();
        calls.Count.ShouldBe(1_000);
        calls.ShouldAllBe(call => call.GetProperty("status").GetString() == "ended" && call.GetProperty("endCalls").GetInt32() == 1);
        (await tavus.GetAsync($"accounts/{tavus.Account.Key}")).GetProperty("active").GetInt32().ShouldBe(0);
    }

    /// <summary>A call with a visitor in it to whom the replica has spoken.</summary>
    private async Task<TavusConversation> OpenVisitedAsync(TavusTestAccount tavus, bool record = false)
    {
        var call = await tavus.OpenAsync(new CreateConversation
        {
            PersonaId = TavusTestAccount.StockPersona,
            CallbackUrl = $"{_ours.Address}callback/token",
            CustomGreeting = "Good day!",
            Properties = new ConversationProperties { EnableRecording = record },
        });
        await tavus.PostAsync($"conversations/{call.Id}/join");
        await Eventually.TrueAsync(
            async () => (await tavus.CallAsync(call.Id)).GetProperty("transcript").GetArrayLength() == 1,
            "the greeting was said");
        return call;
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
