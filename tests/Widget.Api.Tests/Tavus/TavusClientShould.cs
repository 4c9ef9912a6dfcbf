using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>The client against the simulated Tavus, which knows nothing of the client's records.</summary>
public sealed class TavusClientShould(ApiFixture api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    public static TheoryData<string> Families => ["legacy", "new", "both"];

    [Theory, MemberData(nameof(Families))]
    public async Task Be_understood_whatever_names_the_account_goes_by(string family)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { family });
        var (client, account) = (tavus.Client, tavus.Account);
        var guardrail = await client.CreateGuardrailAsync(account, FilledRequests.Guardrail, Ct);
        var objectives = (await tavus.CallApiAsync(
            HttpMethod.Post,
            "objectives",
            new { data = new[] { new { objective_name = "email", objective_prompt = "Ask for the address." } } }))
            .GetProperty("objectives_id").GetString();
        var document = await client.CreateDocumentAsync(account, FilledRequests.Document, Ct);
        var persona = await client.CreatePersonaAsync(account, FilledRequests.Persona with
        {
            ObjectivesId = objectives,
            GuardrailIds = [guardrail.Id],
            DocumentIds = [document.Id],
        }, Ct);
        (await client.GetReplicaAsync(account, "r4dcf31b60e1", Ct)).Status.ShouldBe("completed");

        var call = await client.CreateConversationAsync(
            account,
            FilledRequests.Conversation with { PersonaId = persona.Id, DocumentIds = [document.Id] },
            Ct);

        (call.IsEnded, call.MeetingToken is not null, call.Url is not null).ShouldBe((true, true, true), "test_mode ends it at once");
        var read = await client.GetPersonaAsync(account, persona.Id, Ct);
        (read.Name, read.SystemPrompt, read.DefaultReplicaId, read.ObjectivesId, read.GuardrailIds.Single(), read.Type)
            .ShouldBe(("Host", "You sell bicycles.", "r4dcf31b60e1", objectives, guardrail.Id, "user"));
        read.Layers.GetProperty("llm").GetProperty("base_url").GetString().ShouldBe("https://widget.example/v1");
        (await client.ListPersonasAsync(account, "user", 1, 10, Ct)).Items.Select(item => item.Id).ShouldBe([persona.Id]);
        (await client.GetConversationAsync(account, call.Id, verbose: false, Ct)).PersonaId.ShouldBe(persona.Id);
        await client.DeletePersonaAsync(account, persona.Id, Ct);
        (await Should.ThrowAsync<TavusException>(() => client.GetPersonaAsync(account, persona.Id, Ct))).Fault.ShouldBe(
            TavusFault.NotFound);
    }

    [Fact]
    public async Task Open_read_list_and_end_a_call()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var (client, account) = (tavus.Client, tavus.Account);
        var call = await tavus.OpenAsync(new CreateConversation { PersonaId = TavusTestAccount.StockPersona, ConversationName = "Visit" });
        (call.Name, call.Status, call.MeetingToken).ShouldBe(("Visit", "active", null));
        call.CreatedAt!.Value.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        (await client.ListConversationsAsync(account, "active", 1, 10, Ct)).Items.Single().Id.ShouldBe(call.Id);

        await client.EndConversationAsync(account, call.Id, Ct);

        (await client.ListConversationsAsync(account, "active", 1, 10, Ct)).Items.ShouldBeEmpty();
        var read = await client.GetConversationAsync(account, call.Id, verbose: true, Ct);
        (read.IsEnded, read.ReplicaId, read.PersonaId).ShouldBe((true, "r4dcf31b60e1", TavusTestAccount.StockPersona));
        var shutdown = read.Events.Single(happened => happened.Type == "system.shutdown");
        shutdown.Properties.GetProperty("shutdown_reason").GetString().ShouldBe("end_conversation_endpoint_hit");
        shutdown.Timestamp.ShouldNotBeNull();
        await tavus.CallApiAsync(HttpMethod.Delete, $"conversations/{call.Id}?hard=true");
        (await Should.ThrowAsync<TavusException>(() => client.EndConversationAsync(account, call.Id, Ct))).Fault.ShouldBe(
            TavusFault.NotFound);
    }

    [Fact]
    public async Task Tell_a_full_account_from_an_empty_one_and_a_wrong_key()
    {
        await using var full = await TavusTestAccount.CreateAsync(api.Simulator, new { slots = 1 });
        var first = await full.OpenAsync();
        (await Should.ThrowAsync<TavusException>(() => full.OpenAsync())).Fault.ShouldBe(TavusFault.ConcurrencyReached);
        await full.Client.EndConversationAsync(full.Account, first.Id, Ct);
        await full.OpenAsync();

        await using var empty = await TavusTestAccount.CreateAsync(api.Simulator, new { credits = 0 });
        (await Should.ThrowAsync<TavusException>(() => empty.OpenAsync())).Fault.ShouldBe(TavusFault.NoCredits);
        (await Should.ThrowAsync<TavusException>(() => empty.Client.ListVoicesAsync(new("wrong", BelongsToTenant: true), null, 1, 10, Ct)))
            .Fault.ShouldBe(TavusFault.BadKey);
        (await Should.ThrowAsync<TavusException>(() => full.OpenAsync(new CreateConversation { ReplicaId = "r0" }))).Fault.ShouldBe(
            TavusFault.NotFound);
        var refused = await Should.ThrowAsync<TavusException>(
            () => full.OpenAsync(
                new CreateConversation { PersonaId = TavusTestAccount.StockPersona, Properties = new() { Language = "de" } }));
        refused.Fault.ShouldBe(TavusFault.BadRequest);
        refused.Message.ShouldContain("language");
    }

    [Fact]
    public async Task Count_pages_from_1_but_those_of_documents_from_0()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var (client, account) = (tavus.Client, tavus.Account);
        var made = new List<string>();
        for (var number = 0; number < 5; number++)
            made.Add(
                (await client.CreateDocumentAsync(
                    account,
                    new CreateDocument
                    {
                        DocumentUrl = $"https://shop.example/{number}",
                        DocumentName = $"Page {number}",
                        Tags = [number % 2 == 0 ? "even" : "odd"],
                    },
                    Ct)).Id);

        var pages = new List<string>();
        for (var page = 0; page < 3; page++)
        {
            var listed = await client.ListDocumentsAsync(account, new DocumentFilter { Ascending = true }, page, 2, Ct);
            listed.TotalCount.ShouldBe(5);
            pages.AddRange(listed.Items.Select(document => document.Id));
        }

        pages.ShouldBe(made);
        (await client.ListDocumentsAsync(account, new DocumentFilter { Tags = ["odd"] }, 0, 10, Ct)).Items.Select(document => document.Id)
            .ShouldBe([made[3], made[1]]);
        (await client.ListDocumentsAsync(account, new DocumentFilter { NameOrId = "page 2" }, 0, 10, Ct)).Items.Single().Id.ShouldBe(
            made[2]);
        var replicas = new[]
        {
            await client.ListReplicasAsync(account, null, 1, 10, Ct),
            await client.ListReplicasAsync(account, null, 2, 10, Ct),
        };
        replicas.SelectMany(page => page.Items).Select(replica => replica.Id).Distinct().Count().ShouldBe(13);
        replicas[0].Items[0].ShouldSatisfyAllConditions(
            replica => replica.Type.ShouldBe("user"),
            replica => replica.Status.ShouldBe("completed"),
            replica => replica.TrainingProgress.ShouldBe("100/100"),
            replica => replica.ThumbnailVideoUrl.ShouldNotBeNull());
        (await client.ListVoicesAsync(account, "ANN", 1, 10, Ct)).Items.Single().ShouldSatisfyAllConditions(
            voice => voice.Name.ShouldBe("anna"),
            voice => voice.Tags.ShouldBe(["female"]));
    }

    [Fact]
    public async Task Read_and_delete_a_crawled_document()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, behavior: new { documentSeconds = 3600 });
        var (client, account) = (tavus.Client, tavus.Account);
        var document = await client.CreateDocumentAsync(account, FilledRequests.Document with { CallbackUrl = null }, Ct);
        document.Status.ShouldBe("started");
        await tavus.PostAsync($"documents/{document.Id}/state", new { status = "ready" });

        var read = (await client.ListDocumentsAsync(account, new DocumentFilter { NameOrId = document.Id }, 0, 10, Ct)).Items.Single();

        (read.Name, read.Tags.Single(), read.Status, read.Crawl, read.CrawlCount)
            .ShouldBe(("FAQ", "tag", "ready", new DocumentCrawl(2, 20), 1));
        await client.DeleteDocumentAsync(account, document.Id, Ct);
        (await Should.ThrowAsync<TavusException>(() => client.DeleteDocumentAsync(account, document.Id, Ct))).Fault.ShouldBe(
            TavusFault.NotFound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Change_a_persona_or_its_draft(bool drafts)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { drafts, family = drafts ? "new" : "legacy" });
        var (client, account) = (tavus.Client, tavus.Account);
        var persona = await client.CreatePersonaAsync(
            account,
            new CreatePersona { PersonaName = "Host", SystemPrompt = "Sell.", DefaultReplicaId = "r4dcf31b60e1" },
            Ct);
        JsonPatchOperation[] patch =
        [
            new("replace", "/persona_name", "Guest"),
            new("add", "/layers", new JsonObject { ["stt"] = new JsonObject { ["hotwords"] = "Widget" } }),
            new("remove", "/system_prompt"),
            new("add", "/system_prompt", "Sell more."),
        ];

        var change = await client.PatchPersonaAsync(account, persona.Id, patch, Ct);

        change.ShouldBe(new PersonaChange(Changed: true, NeedsPublishing: drafts));
        (await client.GetPersonaAsync(account, persona.Id, Ct)).Name.ShouldBe(drafts ? "Host" : "Guest");
        if (drafts)
        {
            var draft = await client.GetPersonaAsync(account, persona.Id, draft: true, Ct);
            (draft.Name, draft.HasUnpublishedChanges).ShouldBe(("Guest", true));
            await client.PublishPersonaAsync(account, persona.Id, Ct);
            await client.PublishPersonaAsync(account, persona.Id, Ct);
        }

        (await client.GetPersonaAsync(account, persona.Id, Ct)).SystemPrompt.ShouldBe("Sell more.");
        (await client.PatchPersonaAsync(account, persona.Id, [new("replace", "/system_prompt", "Sell more.")], Ct)).Changed.ShouldBeFalse();
        var wrong = await Should.ThrowAsync<TavusException>(
            () => client.PatchPersonaAsync(account, persona.Id, [new("replace", "/no/such", "x")], Ct));
        (wrong.Fault, wrong.Status).ShouldBe((TavusFault.BadRequest, 422));
    }

    [Fact]
    public async Task Make_attach_change_and_remove_tools()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var (client, account) = (tavus.Client, tavus.Account);
        var hmac = FilledRequests.Tool with
        {
            Delivery = new ToolDelivery { Api = FilledRequests.Tool.Delivery!.Api! with { Auth = ToolAuth.Hmac("very secret") } },
        };
        var tool = await client.CreateToolAsync(account, hmac, Ct);
        (await Should.ThrowAsync<TavusException>(() => client.CreateToolAsync(account, hmac, Ct))).Fault.ShouldBe(TavusFault.Conflict);
        tool.Delivery.GetProperty("api").GetProperty("auth").GetProperty("secret").GetString().ShouldBe("********");
        await client.AttachToolAsync(account, TavusTestAccount.StockPersona, tool.Id, Ct);
        await client.AttachToolAsync(account, TavusTestAccount.StockPersona, tool.Id, Ct);
        (await client.ListAttachedToolsAsync(account, TavusTestAccount.StockPersona, Ct)).Select(attached => attached.Name)
            .ShouldBe(["search_knowledge"]);

        await client.UpdateToolAsync(
            account,
            tool.Id,
            new ToolDefinition { Description = "Finds more.", Delivery = ToolDelivery.Room },
            Ct);

        var read = (await client.ListToolsAsync(account, "search", 1, 10, Ct)).Items.Single();
        read.Id.ShouldBe(tool.Id);
        (read.Name, read.Description, read.OnResolve, read.TriggerType)
            .ShouldBe(("search_knowledge", "Finds more.", "generate_response", "in_call"));
        (read.Parameters.ValueKind, read.Delivery.GetProperty("app_message").GetBoolean()).ShouldBe((JsonValueKind.Object, true));
        await client.DetachToolAsync(account, TavusTestAccount.StockPersona, tool.Id, Ct);
        (await Should.ThrowAsync<TavusException>(() => client.DetachToolAsync(account, TavusTestAccount.StockPersona, tool.Id, Ct)))
            .Fault.ShouldBe(TavusFault.BadRequest);
        await client.DeleteToolAsync(account, tool.Id, Ct);
        (await client.ListToolsAsync(account, null, 1, 10, Ct)).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"none"}""")]
    [InlineData("""{"type":"bearer","token":"t"}""")]
    [InlineData("""{"type":"api_key","location":"query","name":"key","value":"v"}""")]
    [InlineData("""{"type":"basic","username":"u","password":"p"}""")]
    [InlineData(
        """
        {"type":"oauth2_client_credentials","token_url":"https://auth.example/token",
         "client_id":"c","client_secret":"s","scope":"read"}
        """)]
    [InlineData("""{"type":"hmac","secret":"s"}""")]
    public async Task Say_how_a_tool_is_to_prove_itself(string auth)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var tool = FilledRequests.Tool with
        {
            Delivery = new ToolDelivery
            {
                Api = FilledRequests.Tool.Delivery!.Api! with { Auth = JsonSerializer.Deserialize<ToolAuth>(auth, TavusJson.Requests)! },
            },
        };
        (await tavus.Client.CreateToolAsync(tavus.Account, tool, Ct)).Id.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Create_change_list_and_delete_guardrails()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var (client, account) = (tavus.Client, tavus.Account);
        var guardrail = await client.CreateGuardrailAsync(account, FilledRequests.Guardrail, Ct);
        await client.UpdateGuardrailAsync(account, guardrail.Id, new GuardrailDefinition { GuardrailPrompt = "Name prices." }, Ct);
        (await client.ListGuardrailsAsync(account, 1, 10, Ct)).Items.Single().ShouldSatisfyAllConditions(
            read => read.Name.ShouldBe("no_prices"),
            read => read.Prompt.ShouldBe("Name prices."),
            read => read.Tags.ShouldBe(["tag"]),
            read => read.Modality.ShouldBe("verbal"),
            read => read.AppMessage.ShouldBe(true));
        await client.DeleteGuardrailAsync(account, guardrail.Id, Ct);
        (await client.ListGuardrailsAsync(account, 1, 10, Ct)).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("lost", TavusFault.Temporary)]
    [InlineData("cut", TavusFault.Temporary)]
    [InlineData("huge", TavusFault.Malformed)]
    public async Task Let_a_call_be_found_whose_answer_was_lost(string mode, TavusFault fault)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        await tavus.FailAsync("POST conversations", mode);
        var e = await Should.ThrowAsync<TavusException>(
            () => tavus.OpenAsync(new CreateConversation { PersonaId = TavusTestAccount.StockPersona, ConversationName = "session-7" }));
        (e.Fault, e.MayHaveHappened).ShouldBe((fault, true));
        (await tavus.CallsAsync()).Count.ShouldBe(1, "it was sent once");
        (await tavus.Client.ListConversationsAsync(tavus.Account, "active", 1, 10, Ct)).Items.Single().Name.ShouldBe("session-7");
    }
}
