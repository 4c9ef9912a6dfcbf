using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Widget.Api.Tests.Speech;
using Widget.Api.Tests.Tavus;
using Widget.Api.Tests.Voice;
using Widget.Contracts;

namespace Widget.Api.Tests.Agents;

/// <summary>The agent that a visitor talks with, in all modes.</summary>
public sealed class ChosenAgentsShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await api.BehaveAsync();
        await api.Voice.ResetAsync();
        _node = await ApiNode.StartAsync(
            api.Database,
            api.Simulator.Chat with { NetworkTimeout = TimeSpan.FromSeconds(20) },
            tavusApi: api.Simulator.TavusApi,
            video: VideoTenant.Quick,
            voice: api.Voice.OpenAI,
            voiceTimings: VoiceTenant.Quick,
            services: services => services.AddSingleton(Speaking.OpenAI(api)));
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Write_under_their_name_with_their_instructions()
    {
        var (tenant, ada) = await TenantAsync();
        var visitor = await tenant.VisitAsync();
        (visitor.Session.Config.AgentId, visitor.Session.Config.AgentName, visitor.Session.Config.CanChooseAgent)
            .ShouldBe((null, "Assistant", true));

        var card = (await (await ChooseAsync(visitor, ada.Id)).Content.ReadFromJsonAsync<AgentCard>(Ct))!;
        var answer = await visitor.AskAsync("How long does the fast charger need?");

        (card.Name, card.Portrait).ShouldBe(("Ada", "https://pictures.example/ada.png"));
        answer.Agent.ShouldBe(new AgentReference(ada.Id, "Ada"));
        var prompt = (await api.Simulator.RequestsAsync())[^1].GetRawText();
        prompt.ShouldContain("You are Ada");
        prompt.ShouldContain("Always mention the weather.");
        prompt.ShouldContain("Your personality: cheerful");
        prompt.ShouldNotContain("Only for the usual assistant.");
        (await visitor.EventsAsync()).ShouldAllBe(entry => entry.Agent == new AgentReference(ada.Id, "Ada"));
        var again = await tenant.VisitAsync(visitorId: visitor.Session.VisitorId);
        (again.Session.Config.AgentId, again.Session.Config.AgentName, again.Session.Config.PortraitUrl)
            .ShouldBe((ada.Id, "Ada", "https://pictures.example/ada.png"));

        (await ChooseAsync(visitor, null)).EnsureSuccessStatusCode();
        var chosen = (await visitor.EventsAsync()).OfType<AgentChosen>().ShouldHaveSingleItem();
        (chosen.Chosen, chosen.Agent).ShouldBe((null, null));
        var byAgent = await tenant.Developer.GetFromJsonAsync<AnalyticsSummary>("/api/analytics/summary?by=agent", TestTenant.Json, Ct);
        var row = byAgent!.Rows.Single(candidate => candidate.Key == ada.Id.ToString());
        (row.Label, row.Figures.Messages, row.Figures.Answered).ShouldBe(("Ada", 1, 1));
    }

    [Fact]
    public async Task Speak_with_their_voice()
    {
        var (tenant, ada) = await TenantAsync();
        var visitor = await tenant.VisitAsync();
        await ChooseAsync(visitor, ada.Id);
        var answer = await visitor.AskAsync("How long does the fast charger need?");

        await visitor.HearAllAsync(answer.MessageId);

        (await api.SpokenAsync())[^1].Voice.ShouldBe("sim-bo");
    }

    [Fact]
    public async Task Talk_in_realtime_with_their_voice_and_instructions()
    {
        var (tenant, ada) = await TenantAsync();
        var visitor = await tenant.VisitAsync();
        await ChooseAsync(visitor, ada.Id);

        await using var call = await new VoiceTenant(api, tenant, _node).CallAsync(visitor);

        var told = (await call.AtProviderAsync()).GetProperty("received");
        var session = told.TryGetProperty("session", out var inner) ? inner : told;
        session.GetProperty("instructions").GetString()!.ShouldContain("You are Ada");
        session.GetProperty("instructions").GetString()!.ShouldContain("Always mention the weather.");
        session.GetProperty("audio").GetProperty("output").GetProperty("voice").GetString().ShouldBe("cedar");
    }

    [Fact]
    public async Task Appear_in_video_calls_with_their_face()
    {
        var video = await VideoTenant.CreateAsync(api, _node, Settings(new { visitorsChoose = true }));
        await api.Simulator.Control.PutAsJsonAsync("/control/tavus/behavior", new { replicaJoinsAfter = 0.1, postCallSeconds = 0.1 }, Ct);
        var ada = await AddAsync(video.Tenant);
        var visitor = await video.Tenant.VisitAsync();
        await ChooseAsync(visitor, ada.Id);

        var session = await VideoTenant.OpenAsync(visitor);

        session.ReplicaId.ShouldBe("r000000000001");
        var call = (await video.CallsAsync()).ShouldHaveSingleItem().RequestBody;
        call.GetProperty("replica_id").GetString().ShouldBe("r000000000001");
        call.GetProperty("custom_greeting").GetString().ShouldBe("Ahoy!");
        var context = call.GetProperty("conversational_context").GetString()!;
        context.ShouldContain("your name is Ada");
        context.ShouldContain("Always mention the weather.");
        (await visitor.EventsAsync()).OfType<TavusConversationCreated>().Single().Agent!.Name.ShouldBe("Ada");
    }

    [Fact]
    public async Task Begin_new_conversations_by_default_or_by_a_link()
    {
        var (tenant, ada) = await TenantAsync();
        var grace = await AgentsShould.AddAsync(tenant, new { name = "Grace" });
        await AgentsShould.SetAsync(tenant, new { visitorsChoose = true, defaultAgentId = grace.Id });

        (await SessionAsync(tenant, new { })).AgentName.ShouldBe("Grace");
        (await SessionAsync(tenant, new { page = $"https://shop.example/?agent={ada.Id}" })).AgentName.ShouldBe("Ada");
        (await SessionAsync(tenant, new { page = $"https://shop.example/?agent={Guid.NewGuid()}" })).AgentName.ShouldBe("Grace");
        await AgentsShould.SetAsync(tenant, new { visitorsChoose = false });
        (await SessionAsync(tenant, new { agentId = ada.Id })).AgentName.ShouldBe("Assistant");
    }

    [Fact]
    public async Task Be_chosen_only_where_the_tenant_allows_it()
    {
        var (tenant, ada) = await TenantAsync();
        var visitor = await tenant.VisitAsync();
        var hidden = await AgentsShould.AddAsync(tenant, new { name = "Hidden", listed = false });
        var others = await AgentsShould.AddAsync(await TestTenant.CreateAsync(api, _node), new { name = "Theirs" });

        (await ChooseAsync(visitor, hidden.Id)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ChooseAsync(visitor, others.Id)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await visitor.Client.GetFromJsonAsync<AgentCardPage>("/api/widget/agents", Ct))!.Items.Select(card => card.Name)
            .ShouldBe(["Assistant", "Ada"]);
        (await visitor.Client.GetFromJsonAsync<CompanionList>("/api/companions", Ct))!.Companions.Count.ShouldBe(1);
        await AgentsShould.SetAsync(tenant, new { visitorsChoose = false });
        (await ChooseAsync(visitor, ada.Id)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.Client.GetAsync("/api/widget/agents", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.Client.GetFromJsonAsync<CompanionList>("/api/companions", Ct))!.Companions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leave_their_conversations_to_the_usual_assistant_when_they_are_deleted()
    {
        var (tenant, ada) = await TenantAsync();
        var visitor = await tenant.VisitAsync();
        await ChooseAsync(visitor, ada.Id);
        (await tenant.Developer.DeleteAsync($"/api/agents/{ada.Id}", Ct)).EnsureSuccessStatusCode();

        var answer = await visitor.AskAsync("How long does the fast charger need?");

        answer.Agent.ShouldBeNull();
        (await api.Simulator.RequestsAsync())[^1].GetRawText().ShouldContain("Only for the usual assistant.");
    }

    private async Task<(TestTenant Tenant, Agent Ada)> TenantAsync()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        (await tenant.Developer.PutAsJsonAsync("/api/settings", Settings(new { visitorsChoose = true }), Ct)).EnsureSuccessStatusCode();
        return (tenant, await AddAsync(tenant));
    }

    private static object Settings(object agents) => new
    {
        agents,
        agentInstructions = "Only for the usual assistant.",
        useTavusVideo = true,
        tavusReplicaId = VideoTenant.Replica,
        voice = new { enabled = true, turns = "pause" },
        speech = new { enabled = true },
    };

    private static Task<Agent> AddAsync(TestTenant tenant) => AgentsShould.AddAsync(tenant, new
    {
        name = "Ada",
        portraitUrl = "https://pictures.example/ada.png",
        personality = "cheerful",
        greeting = "Ahoy!",
        instructions = "Always mention the weather.",
        voiceId = "sim-bo",
        realtimeVoice = "cedar",
        tavusReplicaId = "r000000000001",
    });

    private static Task<HttpResponseMessage> ChooseAsync(TestVisitor visitor, Guid? agent) =>
        visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/agent", new { agentId = agent }, Ct);

    private async Task<WidgetConfig> SessionAsync(TestTenant tenant, object more)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(more)!.AsObject();
        body["siteKey"] = tenant.Created.SiteKey;
        using var client = _node.Client();
        var response = await client.PostAsJsonAsync("/api/widget/session", body, Ct);
        return (await response.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json, Ct))!.Config;
    }
}
