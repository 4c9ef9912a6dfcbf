using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static Widget.Api.Tests.Tavus.VideoTenant;

namespace Widget.Api.Tests.Tavus;

/// <summary>Commands of other programs are carried out or rejected with an explanation, and never ignored.</summary>
public sealed class LifecycleWordsShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private VideoTenant _video = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await StartNodeAsync(api);
        _video = await CreateAsync(api, _node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task List_the_valid_commands()
    {
        const string Commands = "user_joined, user_left, start_conversation, end_conversation";
        (await TitleAsync(new { name = "dance", userId = "u1" })).ShouldContain(Commands);
        (await TitleAsync(new { userId = "u1" })).ShouldContain(Commands);

        await using var hub = await HubClient.ConnectAsync(_node, "/hubs/tavus", _video.Tenant.Created.ApiKey, Ct);
        await hub.InvokeAsync("1", "Command", new { name = "dance", userId = "u1" });
        (await Should.ThrowAsync<InvalidOperationException>(() => hub.ResultAsync<JsonElement>("1"))).Message.ShouldContain(Commands);
    }

    [Fact]
    public async Task Accept_and_return_the_user_id_under_both_names()
    {
        var joined = await SendAsync(new { name = "user_joined", user_id = "u1" });
        var again = await SendAsync(new { name = "user_joined", userId = "u1", user_id = "u1" });

        foreach (var told in new[] { joined, again })
            (told.GetProperty("user_id").GetString(), told.GetProperty("userId").GetString()).ShouldBe(("u1", "u1"));
        again.GetProperty("conversation_id").GetString().ShouldBe(joined.GetProperty("conversation_id").GetString());
        (await TitleAsync(new { name = "user_joined", userId = "u1", user_id = "u2" })).ShouldContain("have different values");
        (await TitleAsync(new { name = "user_joined" })).ShouldContain("userId (or user_id) is missing");
    }

    [Fact]
    public async Task Reject_unknown_fields()
    {
        (await TitleAsync(new { name = "user_joined", userId = "u1", replica_id = "r1" }))
            .ShouldContain("replica_id is not a field of this request");

        var visitor = await _video.Tenant.VisitAsync();
        var response = await visitor.Client.PostAsJsonAsync("/api/tavus/session", new { replica = "r1" }, Ct);
        (response.StatusCode, (await response.Content.ReadAsStringAsync(Ct)).Contains("replica is not a field", StringComparison.Ordinal))
            .ShouldBe((HttpStatusCode.BadRequest, true));
    }

    [Fact]
    public async Task Reject_an_empty_or_too_long_user_id()
    {
        await using var hub = await HubClient.ConnectAsync(_node, "/hubs/tavus", _video.Tenant.Created.ApiKey, Ct);
        foreach (var (id, user) in new[] { ("1", ""), ("2", new string('u', 201)) })
        {
            await hub.StreamAsync(id, "Follow", user);
            (await Should.ThrowAsync<InvalidOperationException>(async () =>
            {
                await foreach (var _ in hub.ItemsAsync<JsonElement>(id)) Assert.Fail("There is nothing to follow.");
            })).Message.ShouldContain("1 to 200 characters");
        }
    }

    [Fact]
    public async Task Reject_an_unknown_kind_of_replica_or_persona()
    {
        foreach (var what in new[] { "replicas", "personas" })
        {
            var response = await _video.Tenant.Developer.GetAsync($"/api/tavus/{what}?kind=stock", Ct);
            (
                response.StatusCode,
                (await response.Content.ReadAsStringAsync(Ct)).Contains("kind must be user or system", StringComparison.Ordinal))
                .ShouldBe((HttpStatusCode.BadRequest, true));
        }
    }

    [Fact]
    public async Task Open_the_call_with_the_requested_avatar_persona_and_name()
    {
        var persona = await PersonaAsync();

        var response = await _video.Tenant.Developer.PostAsJsonAsync(
            "/api/tavus/create-agent",
            new { replicaId = Other, personaId = persona, agentName = "Nova" },
            Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("replicaId").GetString().ShouldBe(Other);
        var sent = (await _video.CallsAsync()).Single().RequestBody;
        (sent.GetProperty("replica_id").GetString(), sent.GetProperty("persona_id").GetString()).ShouldBe((Other, persona));
        sent.GetProperty("conversational_context").GetString()!.ShouldContain("your name is Nova");
    }

    [Fact]
    public async Task Not_let_visitors_choose_the_avatar()
    {
        var visitor = await _video.Tenant.VisitAsync();

        foreach (var wish in new object[] { new { replicaId = Other }, new { personaId = "p1" }, new { agentName = "Nova" } })
        {
            var response = await visitor.Client.PostAsJsonAsync("/api/tavus/create-agent", wish, Ct);
            (response.StatusCode, (await response.Content.ReadAsStringAsync(Ct)).Contains("with an API key", StringComparison.Ordinal))
                .ShouldBe((HttpStatusCode.Forbidden, true));
        }

        (await _video.CallsAsync()).ShouldBeEmpty();
    }

    private const string Other = "r000000000001";

    private async Task<string> PersonaAsync()
    {
        var key = await _node.Service<Tenancy.TenantSecrets>().ReadAsync(_video.TenantId, Tenancy.TenantSecrets.TavusKey, Ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tavus/v2/personas")
        {
            Headers = { { "x-api-key", key } },
            Content = JsonContent.Create(new { persona_name = "Nova", system_prompt = "You help.", default_replica_id = Replica }),
        };
        return (await (await api.Simulator.Control.SendAsync(request, Ct)).Content.ReadFromJsonAsync<JsonElement>(Ct))
            .GetProperty("persona_id")
            .GetString()!;
    }

    private async Task<JsonElement> SendAsync(object command)
    {
        var response = await _video.Tenant.Developer.PostAsJsonAsync("/api/tavus/lifecycle", command, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private async Task<string> TitleAsync(object command)
    {
        var response = await _video.Tenant.Developer.PostAsJsonAsync("/api/tavus/lifecycle", command, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("title").GetString()!;
    }
}
