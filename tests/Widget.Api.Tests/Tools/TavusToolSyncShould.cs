using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests.Tools;

/// <summary>A tenant's tools at a simulated Tavus, whose accounts are the test's own.</summary>
public sealed class TavusToolSyncShould(ApiFixture api) : IAsyncLifetime
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly TestTool _booking = TestTool.Booking();
    private HttpClient _simulator = null!;
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private string Prefix => ToolRegistry.Prefix(new TenantId(_tenant.Created.TenantId));

    public async ValueTask InitializeAsync()
    {
        _simulator = new HttpClient { BaseAddress = api.Simulator.Address };
        (await _simulator.PutAsJsonAsync($"/control/tavus/accounts/{_key}", new { })).EnsureSuccessStatusCode();
        _simulator.DefaultRequestHeaders.Add("x-api-key", _key);
        _node = await StartAsync(_booking);
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        await SetKeyAsync(_tenant);
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DeleteAsync("/control/tavus/faults");
        _simulator.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Register_the_tools_and_attach_them_to_the_persona()
    {
        var persona = await PersonaAsync();
        await SetAsync(persona, "search_knowledge", "book_ride");

        var report = await SyncAsync();

        report.Problems.ShouldBeEmpty();
        report.Created.ShouldBe(["book_ride", "search_knowledge"]);
        report.Attached.ShouldBe(["book_ride", "search_knowledge"], ignoreOrder: true);
        var search = (await ToolsAsync()).Single(tool => tool.GetProperty("name").GetString() == $"{Prefix}search_knowledge");
        search.GetProperty("parameters").GetProperty("required")[0].GetString().ShouldBe("query");
        search.GetProperty("on_resolve").GetString().ShouldBe("generate_response");
        search.GetProperty("delivery").GetProperty("app_message").GetBoolean().ShouldBeTrue();
        (await AttachedAsync(persona)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Change_nothing_when_nothing_has_changed()
    {
        await SetAsync(await PersonaAsync(), "search_knowledge");
        await SyncAsync();

        var report = await SyncAsync();

        JsonSerializer.Serialize(report).ShouldBe(JsonSerializer.Serialize(new ToolSyncReport([], [], [], [], [])));
        (await ToolsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Update_a_tool_whose_schema_has_changed()
    {
        await SetAsync(await PersonaAsync(), "book_ride");
        await SyncAsync();
        var newer = new TestTool("book_ride", true, null!)
        {
            Parameter = Tool.Parameter("day", new { type = "string" }, isRequired: false),
        };
        await using var upgraded = await StartAsync(newer);

        var report = await SyncAsync(upgraded);

        report.Updated.ShouldBe(["book_ride"]);
        report.Created.ShouldBeEmpty();
        (await ToolsAsync()).ShouldHaveSingleItem().GetProperty("parameters").GetProperty("properties").TryGetProperty("day", out _)
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_disabled_tools_and_keep_those_of_others()
    {
        var persona = await PersonaAsync();
        (await _simulator.PostAsJsonAsync("/tavus/v2/tools", new { name = "end_of_day", description = "The account's own." }))
            .EnsureSuccessStatusCode();
        var neighbour = await TestTenant.CreateAsync(api, _node);
        await SetKeyAsync(neighbour);
        await SyncAsync(tenant: neighbour);
        await SetAsync(persona, "search_knowledge", "book_ride");
        await SyncAsync();
        await SetAsync(persona, "book_ride");

        var report = await SyncAsync();

        report.Removed.ShouldBe(["search_knowledge"]);
        (await NamesAsync()).ShouldBe(
            ["end_of_day", $"{Prefix}book_ride", $"{ToolRegistry.Prefix(new TenantId(neighbour.Created.TenantId))}search_knowledge"],
            ignoreOrder: true);
        (await AttachedAsync(persona)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Move_with_the_persona()
    {
        var (former, persona) = (await PersonaAsync(), await PersonaAsync());
        await SetAsync(former, "search_knowledge");
        await SyncAsync();
        await SetAsync(persona, "search_knowledge");

        var report = await SyncAsync();

        report.Attached.ShouldBe(["search_knowledge"]);
        (await AttachedAsync(former)).ShouldBeEmpty();
        (await AttachedAsync(persona)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Adopt_a_tool_that_was_created_but_not_stored()
    {
        await SetAsync(await PersonaAsync(), "search_knowledge");
        await SyncAsync();
        await using (var crash = api.Database.OwnerSource.CreateCommand("delete from tavus_tools where tenant_id = $1"))
        {
            crash.Parameters.Add(new() { Value = _tenant.Created.TenantId });
            await crash.ExecuteNonQueryAsync();
        }

        var report = await SyncAsync();

        report.Problems.ShouldBeEmpty();
        report.Updated.ShouldBe(["search_knowledge"]);
        (await ToolsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Find_a_tool_whose_creation_response_was_lost()
    {
        await SetAsync(await PersonaAsync(), "search_knowledge");
        (await _simulator.PostAsJsonAsync("/control/tavus/faults", new { on = "POST tools", mode = "lost", account = _key }))
            .EnsureSuccessStatusCode();

        var report = await SyncAsync();

        report.Problems.ShouldBeEmpty();
        report.Created.ShouldBe(["search_knowledge"]);
        report.Attached.ShouldBe(["search_knowledge"]);
        (await ToolsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Sync_the_other_tools_when_one_fails_and_retry_it_next_time()
    {
        await SetAsync(await PersonaAsync(), "search_knowledge", "book_ride");
        (await _simulator.PostAsJsonAsync(
            "/control/tavus/faults",
            new { on = "POST tools", status = 400, body = """{"error": "Not today"}""", account = _key })).EnsureSuccessStatusCode();

        var first = await SyncAsync();
        var second = await SyncAsync();

        first.Problems.ShouldBe(["book_ride: Not today"]);
        first.Attached.ShouldBe(["search_knowledge"]);
        second.Problems.ShouldBeEmpty();
        second.Created.ShouldBe(["book_ride"]);
    }

    [Fact]
    public async Task Report_what_a_person_must_fix()
    {
        var keyless = await TestTenant.CreateAsync(api, _node);
        (await SyncAsync(tenant: keyless)).Problems.ShouldHaveSingleItem().ShouldContain("no key");

        await SetAsync("p-nobody", "search_knowledge");
        (await SyncAsync()).Problems.ShouldHaveSingleItem().ShouldContain("Invalid persona_id");

        await SetKeyAsync(_tenant, "key-unknown");
        var report = await SyncAsync();
        report.Problems.ShouldContain("Invalid access token");
        report.Problems.ShouldContain(problem => problem.Contains("stay registered in the previous one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Have_calls_delivered_to_a_reachable_server()
    {
        var persona = await PersonaAsync();
        await SetAsync(persona, "search_knowledge");
        await SyncAsync();
        await using var reachable = await StartAsync(_booking, FreeAddress());

        var report = await SyncAsync(reachable);

        report.Problems.ShouldBeEmpty();
        report.Updated.ShouldBe(["search_knowledge"]);
        var visitor = await _tenant.VisitAsync(reachable);
        var conversation = await ConverseAsync(persona);
        await VideoSessions.OpenAsync(api, _tenant, visitor, conversation);
        var call = new
        {
            name = $"{Prefix}search_knowledge",
            arguments = new { query = "What does delivery to Denmark cost?" },
            toolCallId = "call_1",
        };
        var answered = await CallAsync(conversation, call);
        var replayed = await CallAsync(conversation, call);
        answered.GetProperty("status").GetInt32().ShouldBe(200);
        answered.GetProperty("response").GetString()!.ShouldContain("89 euros");
        JsonElement.DeepEquals(Result(replayed), Result(answered)).ShouldBeTrue();
        (await visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<KnowledgeShown>();
        (await CallAsync(conversation, new { call.name, call.arguments, signature = new string('0', 64) })).GetProperty("status").GetInt32()
            .ShouldBe(401);
    }

    [Fact]
    public void Have_calls_delivered_to_the_server_only_over_https()
    {
        static bool DeliversToServer(string? address, string? delivery) =>
            Read(address, delivery) is
            {
                TavusApi: var tavus,
                Installation: var installation,
            } && tavus.DeliversToolsTo(installation.PublicAddress);
        static string Errors(string? address) => Should.Throw<InvalidConfigurationException>(() => Read(address, "api")).Message;
        static ServerOptions Read(string? address, string? delivery) => ServerOptions.Read(name => name switch
        {
            "WIDGET_DATABASE_APP" => "Host=localhost",
            "WIDGET_PUBLIC_URL" => address,
            "WIDGET_TAVUS_TOOL_DELIVERY" => delivery,
            _ => null,
        });

        DeliversToServer("https://widget.example.com", null).ShouldBeTrue();
        DeliversToServer("http://widget.example.com", null).ShouldBeFalse();
        DeliversToServer(null, null).ShouldBeFalse();
        DeliversToServer("https://widget.example.com", "app_message").ShouldBeFalse();
        Errors("http://widget.example.com").ShouldContain("needs WIDGET_PUBLIC_URL to be an https address");
        Errors(null).ShouldContain("needs WIDGET_PUBLIC_URL to be an https address");
        Should.Throw<InvalidConfigurationException>(() => Read(null, "pigeon")).Message.ShouldContain("must be api or app_message");
    }

    private Task<ApiNode> StartAsync(TestTool tool, Uri? address = null) => ApiNode.StartAsync(
        api.Database,
        tavusApi: new TavusApiOptions
        {
            Endpoint = new Uri(api.Simulator.Address, "/tavus"),
            DeliversToolsToServer = address is null ? null : true,
        },
        publicAddress: address,
        services: tool.Register);

    private static Uri FreeAddress() => new($"http://127.0.0.1:{FreePorts.Next()}");

    private Task SetKeyAsync(TestTenant tenant, string? key = null) =>
        _node.Service<TenantSecrets>().SaveAsync(
            new TenantId(tenant.Created.TenantId),
            TenantSecrets.TavusKey,
            key ?? _key,
            CancellationToken.None);

    private async Task SetAsync(string persona, params string[] tools) =>
        (await _tenant.Developer.PutAsJsonAsync("/api/settings", new { tavusPersonaId = persona, tools })).EnsureSuccessStatusCode();

    private async Task<ToolSyncReport> SyncAsync(ApiNode? node = null, TestTenant? tenant = null)
    {
        using var developer = (node ?? _node).Client((tenant ?? _tenant).Created.ApiKey);
        var response = await developer.PostAsync("/api/tavus/tools/sync", null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ToolSyncReport>(TestTenant.Json))!;
    }

    private async Task<string> PersonaAsync() =>
        (await PostAsync(
            "/tavus/v2/personas",
            new { persona_name = "Jette", system_prompt = "You help.", default_replica_id = "r4dcf31b60e1" }))
            .GetProperty("persona_id")
            .GetString()!;

    private async Task<string> ConverseAsync(string persona) =>
        (await PostAsync("/tavus/v2/conversations", new { persona_id = persona })).GetProperty("conversation_id").GetString()!;

    private Task<JsonElement> CallAsync(string conversation, object call) =>
        PostAsync($"/control/tavus/conversations/{conversation}/tool-call", call);

    private static JsonElement Result(JsonElement call) => JsonDocument.Parse(call.GetProperty("response").GetString()!).RootElement;

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        var response = await _simulator.PostAsJsonAsync(path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<IReadOnlyList<JsonElement>> ToolsAsync() =>
        [.. (await _simulator.GetFromJsonAsync<JsonElement>("/tavus/v2/tools?limit=100")).GetProperty("data").EnumerateArray()];

    private async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. (await ToolsAsync()).Select(tool => tool.GetProperty("name").GetString()!)];

    private async Task<IReadOnlyList<JsonElement>> AttachedAsync(string persona) =>
        [
            .. (await _simulator.GetFromJsonAsync<JsonElement>($"/tavus/v2/personas/{persona}/tools?verbose=true"))
                .GetProperty("data")
                .EnumerateArray(),
        ];
}
