using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Tests.Tavus;

/// <summary>A tenant's persona at Tavus, from its settings.</summary>
public sealed class TavusPersonaShould(TavusWorld world) : IClassFixture<TavusWorld>
{
    private static readonly object Settings = new
    {
        agentName = "Ada",
        agentInstructions = "Praise the bell.",
        tavusReplicaId = VideoTenant.Replica,
        tavusDocumentTags = new[] { "handbook" },
        tavusGuardrails = new[] { new { name = "no_prices", prompt = "Never promise a price." } },
    };

    [Fact]
    public async Task Be_made_as_the_preview_shows_and_then_be_as_the_settings_say()
    {
        var tenant = await world.TenantAsync(Settings);

        var preview = await PreviewAsync(tenant);
        (preview.PersonaId, preview.Name.StartsWith("Ada – Harbor Bikes (", StringComparison.Ordinal)).ShouldBe((null, true));
        preview.Changes.Select(change => change.Path).ShouldBe(
            [
                "tavusGuardrails.no_prices",
                "agentName",
                "agentInstructions",
                "mode",
                "tavusReplicaId",
                "tavusDocumentTags",
                "tavusCustomModel.speculative_inference",
                "tools",
            ]);
        (await tenant.ListAsync("personas?persona_type=user")).ShouldBeEmpty();

        var applied = await ApplyAsync(tenant, preview);

        (applied.Created, applied.Problems.Count).ShouldBe((true, 0));
        (await SettingsAsync(tenant)).TavusPersonaId.ShouldBe(applied.PersonaId);
        var persona = await tenant.PersonaAsync(applied.PersonaId);
        persona["system_prompt"]!.GetValue<string>().ShouldSatisfyAllConditions(
            prompt => prompt.ShouldStartWith("You are Ada, the assistant of Harbor Bikes."),
            prompt => prompt.ShouldContain("Praise the bell."),
            prompt => prompt.ShouldContain("search_knowledge"),
            prompt => prompt.ShouldContain("Never invent"));
        (persona["default_replica_id"]!.GetValue<string>(), persona["pipeline_mode"]!.GetValue<string>())
            .ShouldBe((VideoTenant.Replica, "full"));
        Texts(persona["document_tags"]).ShouldBe(["handbook", $"widget:{tenant.Id}"]);
        var guardrail = (await tenant.ListAsync("guardrails?legacy=false")).ShouldHaveSingleItem();
        guardrail["guardrail_name"]!.GetValue<string>().ShouldMatch("^w_[0-9a-f]{8}_no_prices$");
        Texts(persona["guardrail_ids"]).ShouldBe([guardrail["uuid"]!.GetValue<string>()]);
        (await ToolsAsync(tenant, applied.PersonaId)).ShouldHaveSingleItem().ShouldEndWith("_search_knowledge");

        (await PreviewAsync(tenant)).ShouldSatisfyAllConditions(
            again => again.Changes.ShouldBeEmpty(),
            again => again.Patch.ShouldBeEmpty(),
            again => again.PersonaId.ShouldBe(applied.PersonaId));
    }

    [Fact]
    public async Task Speak_listen_and_look_as_the_settings_say()
    {
        var tenant = await world.TenantAsync(Settings);
        await tenant.SetAsync(settings => settings["tavusLayers"] = JsonNode.Parse(
            """
            {"tts": {"ttsEngine": "cartesia", "ttsEmotionControl": false}, "stt": {"hotwords": "Tide Cargo"},
             "perception": {"perceptionAnalysisQueries": ["Did they smile?"]}, "conversationalFlow": {"turnTakingPatience": "high"}}
            """));
        var made = await ApplyAsync(tenant, await PreviewAsync(tenant));

        var layers = (await tenant.PersonaAsync(made.PersonaId))["layers"]!;
        (
            layers["tts"]!.ToJsonString(),
            layers["stt"]!["hotwords"]!.GetValue<string>(),
            layers["conversational_flow"]!["turn_taking_patience"]!.GetValue<string>())
            .ShouldBe(("""{"tts_engine":"cartesia","tts_emotion_control":false}""", "Tide Cargo", "high"));
        (await PreviewAsync(tenant)).Changes.ShouldBeEmpty();

        await tenant.SetAsync(settings => settings["tavusLayers"] = JsonNode.Parse("""{"perception": {"perceptionModel": "off"}}"""));
        await ApplyAsync(tenant, await PreviewAsync(tenant));

        layers = (await tenant.PersonaAsync(made.PersonaId))["layers"]!;
        layers["perception"]!.ToJsonString().ShouldBe("""{"perception_model":"off"}""");
        layers["tts"]!.ToJsonString().ShouldBe("{}");
        (await PreviewAsync(tenant)).Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Change_what_the_settings_change_and_nothing_that_people_have_set()
    {
        var tenant = await world.TenantAsync(Settings);
        var made = await ApplyAsync(tenant, await PreviewAsync(tenant));
        await tenant.SendAsync(HttpMethod.Patch, $"personas/{made.PersonaId}", new object[]
        {
            new { op = "add", path = "/layers/tts", value = new { tts_engine = "cartesia", external_voice_id = "v1" } },
            new { op = "add", path = "/document_tags/-", value = "by-hand" },
            new { op = "add", path = "/greeting", value = "Ahoy!" },
        });

        await tenant.SetAsync(settings =>
        {
            settings["agentName"] = "Grace";
            settings["tavusDocumentTags"] = new JsonArray("manual");
            settings["tavusGuardrails"] = new JsonArray(
                new JsonObject { ["name"] = "no_politics", ["prompt"] = "Say nothing of politics." });
            settings["tools"] = new JsonArray();
        });
        var preview = await PreviewAsync(tenant);

        preview.Changes.Select(change => change.Path).ShouldBe(
            ["tavusGuardrails.no_politics", "tavusGuardrails.no_prices", "agentName", "agentInstructions", "tavusDocumentTags", "tools"]);
        var tags = preview.Changes.Single(change => change.Path == "tavusDocumentTags");
        Texts(tags.Before).ShouldBe(["handbook", $"widget:{tenant.Id}", "by-hand"]);
        Texts(tags.After).ShouldBe([$"widget:{tenant.Id}", "by-hand", "manual"]);
        preview.Patch.Select(operation => operation!["path"]!.GetValue<string>())
            .ShouldBe(["/persona_name", "/system_prompt", "/document_tags", "/guardrail_ids"]);

        var applied = await ApplyAsync(tenant, preview);

        (applied.PersonaId, applied.Created).ShouldBe((made.PersonaId, false));
        var persona = await tenant.PersonaAsync(made.PersonaId);
        persona["persona_name"]!.GetValue<string>().ShouldStartWith("Grace – Harbor Bikes (");
        (persona["greeting"]!.GetValue<string>(), persona["layers"]!["tts"]!["external_voice_id"]!.GetValue<string>())
            .ShouldBe(("Ahoy!", "v1"));
        Texts(persona["document_tags"]).ShouldBe([$"widget:{tenant.Id}", "by-hand", "manual"]);
        var guardrail = (await tenant.ListAsync("guardrails?legacy=false")).ShouldHaveSingleItem();
        guardrail["guardrail_prompt"]!.GetValue<string>().ShouldBe("Say nothing of politics.");
        Texts(persona["guardrail_ids"]).ShouldBe([guardrail["uuid"]!.GetValue<string>()]);
        (await ToolsAsync(tenant, made.PersonaId)).ShouldBeEmpty();
        (await PreviewAsync(tenant)).Changes.ShouldBeEmpty();

        await tenant.SetAsync(
            settings => settings["tavusGuardrails"] = new JsonArray(
                new JsonObject { ["name"] = "no_politics", ["prompt"] = "Say nothing of politics and religion." }));
        var worded = await PreviewAsync(tenant);
        (worded.Changes.ShouldHaveSingleItem().Before!.GetValue<string>(), worded.Patch.Count).ShouldBe(("Say nothing of politics.", 0));
        await ApplyAsync(tenant, worded);
        (await tenant.ListAsync("guardrails?legacy=false")).ShouldHaveSingleItem()["guardrail_prompt"]!.GetValue<string>()
            .ShouldBe("Say nothing of politics and religion.");
    }

    [Fact]
    public async Task Refuse_a_preview_that_is_no_longer_true()
    {
        var tenant = await world.TenantAsync(Settings);
        var old = await PreviewAsync(tenant);
        await tenant.SetAsync(settings => settings["agentName"] = "Grace");
        await RefusedAsync(tenant, old, "have changed since that preview");

        var made = await ApplyAsync(tenant, await PreviewAsync(tenant));
        await tenant.SetAsync(settings => settings["agentName"] = "Ada");
        var next = await PreviewAsync(tenant);
        await tenant.SendAsync(
            HttpMethod.Patch,
            $"personas/{made.PersonaId}",
            new[] { new { op = "add", path = "/greeting", value = "Ahoy!" } });
        await RefusedAsync(tenant, next, "have changed since that preview");

        (await tenant.PersonaAsync(made.PersonaId))["persona_name"]!.GetValue<string>().ShouldStartWith("Grace");
        await (await tenant.Developer.PostAsJsonAsync("/api/tavus/persona/apply", new { })).ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("forgotten")]
    public async Task Be_made_once_whatever_is_lost_on_the_way(string what)
    {
        var tenant = await world.TenantAsync(Settings);
        if (what == "lost") await tenant.FailAsync("POST personas", mode: "lost");
        var made = await ApplyAsync(tenant, await PreviewAsync(tenant));
        // As if the node had died before it kept the id.
        if (what == "forgotten") await tenant.SetAsync(settings => settings["tavusPersonaId"] = null);

        var again = await PreviewAsync(tenant);
        again.PersonaId.ShouldBe(made.PersonaId);
        await ApplyAsync(tenant, again);

        (await tenant.ListAsync("personas?persona_type=user")).ShouldHaveSingleItem()["persona_id"]!.GetValue<string>()
            .ShouldBe(made.PersonaId);
        (await SettingsAsync(tenant)).TavusPersonaId.ShouldBe(made.PersonaId);
    }

    [Fact]
    public async Task Publish_what_goes_to_a_draft()
    {
        var tenant = await world.TenantAsync(Settings, account: new { drafts = true, family = "new" });
        var made = await ApplyAsync(tenant, await PreviewAsync(tenant));
        await tenant.SetAsync(settings => settings["agentName"] = "Grace");

        var applied = await ApplyAsync(tenant, await PreviewAsync(tenant));

        applied.Published.ShouldBeTrue();
        var pal = (await tenant.SendAsync(HttpMethod.Get, $"pals/{made.PersonaId}"))!;
        pal["pal_name"]!.GetValue<string>().ShouldStartWith("Grace");
        pal["has_unpublished_changes"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Say_in_words_what_stands_in_the_way()
    {
        var tenant = await world.TenantAsync();
        await RefusesAsync(tenant, HttpStatusCode.Conflict, "A persona needs a replica.");
        await tenant.SetAsync(settings => (settings["tavusReplicaId"], settings["tavusPersonaId"]) = (VideoTenant.Replica, "pnone"));
        await RefusesAsync(tenant, HttpStatusCode.Conflict, "The account has no persona pnone.");
        await tenant.SetAsync(settings => settings["tavusPersonaId"] = "p5d11710002a");
        await RefusesAsync(tenant, HttpStatusCode.Conflict, "The persona Friendly host is one of Tavus's stock personas");
        await tenant.SetAsync(settings => (settings["tavusPersonaId"], settings["tavusCustomModel"]) = (null, true));
        await RefusesAsync(tenant, HttpStatusCode.Conflict, "tavusCustomModel is on, but Tavus calls our model only over https.");
        await tenant.SetAsync(settings => settings["tavusCustomModel"] = false);
        await tenant.FailAsync("GET personas", status: 402);
        await RefusesAsync(tenant, HttpStatusCode.Conflict, "The account at Tavus has no minutes left.");
        await tenant.FailAsync("GET personas", status: 503, times: 2);
        await RefusesAsync(tenant, HttpStatusCode.ServiceUnavailable, "Tavus is unavailable right now");
    }

    [Fact]
    public async Task Leave_other_tenants_personas_of_a_shared_account_alone()
    {
        var (a, b) = (await world.TenantAsync(Settings, shared: true), await world.TenantAsync(Settings, shared: true));
        var theirs = await ApplyAsync(b, await PreviewAsync(b));
        var ours = await ApplyAsync(a, await PreviewAsync(a));

        var shown = (await a.Developer.GetFromJsonAsync<TavusPersonaPage>("/api/tavus/personas", TestTenant.Json))!.Personas;
        shown.ShouldContain(persona => persona.Id == ours.PersonaId && persona.Chosen);
        shown.ShouldNotContain(persona => persona.Id == theirs.PersonaId);
        await a.SetAsync(settings => settings["tavusPersonaId"] = theirs.PersonaId);
        await RefusesAsync(a, HttpStatusCode.Conflict, "Tenants share this installation's account");
    }

    [Fact]
    public async Task Offer_the_replicas_and_voices_of_the_account()
    {
        var tenant = await world.TenantAsync(new { tavusReplicaId = VideoTenant.Replica });
        await tenant.SendAsync(
            HttpMethod.Post,
            "replicas",
            new { replica_name = "New", train_video_url = "https://videos.example/new.mp4" });

        var page = (await tenant.Developer.GetFromJsonAsync<TavusReplicaPage>("/api/tavus/replicas?kind=user", TestTenant.Json))!;
        page.Total.ShouldBe(2);
        page.Replicas.Single(replica => replica.Chosen).ShouldSatisfyAllConditions(
            anna => (anna.Id, anna.Name, anna.Training, anna.Progress, anna.Kind)
                .ShouldBe((VideoTenant.Replica, "Anna", TavusTraining.Ready, 100, "user")),
            anna => anna.ThumbnailUrl.ShouldNotBeNull());
        page.Replicas.ShouldContain(replica => replica.Name == "New");
        (await tenant.Developer.GetFromJsonAsync<TavusReplicaPage>("/api/tavus/replicas?page=2", TestTenant.Json))!.Replicas.ShouldBeEmpty(
            );
        (await tenant.Developer.GetFromJsonAsync<TavusVoicePage>("/api/tavus/voices", TestTenant.Json))!.Voices.ShouldContain(
            voice => voice.Name == "anna" && voice.Tags.Contains("female"));
    }

    private static IReadOnlyList<string> Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];

    private static async Task<IReadOnlyList<string>> ToolsAsync(TavusTenant tenant, string persona) =>
        [
            .. (await tenant.SendAsync(HttpMethod.Get, $"personas/{persona}/tools"))!["data"]!.AsArray()
                .Select(tool => tool!["name"]!.GetValue<string>()),
        ];

    private static async Task<TenantSettings> SettingsAsync(TavusTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<TenantSettings>("/api/settings", TestTenant.Json))!;

    private static async Task<TavusPersonaPreview> PreviewAsync(TavusTenant tenant)
    {
        var response = await tenant.Developer.PostAsync("/api/tavus/persona/preview", null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<TavusPersonaPreview>(TestTenant.Json))!;
    }

    private static async Task<TavusPersonaApplied> ApplyAsync(TavusTenant tenant, TavusPersonaPreview preview)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/tavus/persona/apply", new { fingerprint = preview.Fingerprint });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<TavusPersonaApplied>(TestTenant.Json))!;
    }

    private static async Task RefusedAsync(TavusTenant tenant, TavusPersonaPreview preview, string words)
    {
        var response = await tenant.Developer.PostAsJsonAsync("/api/tavus/persona/apply", new { fingerprint = preview.Fingerprint });
        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldContain(words);
    }

    private static async Task RefusesAsync(TavusTenant tenant, HttpStatusCode status, string words)
    {
        var response = await tenant.Developer.PostAsync("/api/tavus/persona/preview", null);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        response.StatusCode.ShouldBe(status, problem.ToString());
        problem["title"]!.GetValue<string>().ShouldStartWith(words);
    }
}
