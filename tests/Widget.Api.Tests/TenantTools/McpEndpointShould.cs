using System.Net;
using System.Net.Http.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Widget.Api.Tests.Selling;
using Widget.Contracts;

namespace Widget.Api.Tests.TenantTools;

/// <summary>A tenant's MCP server, as the SDK's own client uses it.</summary>
public sealed class McpEndpointShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly Dictionary<string, object?> Question = new() { ["query"] = "What does delivery to Denmark cost?" };

    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await TestTenant.WithKnowledgeAsync(api);
        await _tenant.SwitchOnAsync("search_knowledge", "get_pricing", "show_demo", "check_availability", "request_human");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Offer_the_tools_without_effects_that_are_switched_on()
    {
        await using var client = await ConnectAsync(_tenant.Created.ApiKey);

        var tools = await client.ListToolsAsync();

        tools.Select(tool => tool.Name).ShouldBe(["check_availability", "get_pricing", "search_knowledge", "show_demo"], ignoreOrder: true);
        var search = tools.Single(tool => tool.Name == "search_knowledge");
        search.ProtocolTool.Annotations!.ReadOnlyHint.ShouldBe(true);
        search.JsonSchema.GetProperty("required")[0].GetString().ShouldBe("query");
        client.ServerInfo!.Name.ShouldBe("widget");
    }

    [Fact]
    public async Task Search_the_knowledge_and_read_prices()
    {
        await _tenant.AddPriceAsync("Pro", 89);
        await using var client = await ConnectAsync(_tenant.Created.ApiKey);

        var found = await client.CallToolAsync("search_knowledge", Question);
        var prices = await client.CallToolAsync("get_pricing", new Dictionary<string, object?>());

        Text(found).ShouldContain("89 euros");
        found.StructuredContent!.Value.GetProperty("found").GetBoolean().ShouldBeTrue();
        Text(prices).ShouldContain("Pro");
        var calls = (await _tenant.Developer.GetFromJsonAsync<ToolCallPage>("/api/tools/calls", TestTenant.Json))!.Items;
        calls.Select(call => (call.Name, call.Channel)).ShouldBe([("get_pricing", "mcp"), ("search_knowledge", "mcp")]);
    }

    [Fact]
    public async Task Accept_a_model_key()
    {
        var created = await _tenant.Developer.PostAsJsonAsync("/api/keys/model", new { name = "Agent" });
        var key = (await created.Content.ReadFromJsonAsync<CreatedModelKey>(TestTenant.Json))!.Key;
        await using var client = await ConnectAsync(key);

        (await client.ListToolsAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Explain_errors_to_the_client()
    {
        await using var client = await ConnectAsync(_tenant.Created.ApiKey);

        var invalid = await client.CallToolAsync("search_knowledge", new Dictionary<string, object?> { ["limit"] = 3 });
        var forbidden = await client.CallToolAsync("request_human", new Dictionary<string, object?> { ["reason"] = "x" });

        (invalid.IsError, Text(invalid)).ShouldBe((true, "query is missing."));
        (forbidden.IsError, Text(forbidden)).ShouldBe((true, "There is no tool with this name."));
    }

    [Fact]
    public async Task Keep_tenants_apart()
    {
        var other = await TestTenant.CreateAsync(api);
        await using var client = await ConnectAsync(other.Created.ApiKey);

        var found = await client.CallToolAsync("search_knowledge", Question);

        Text(found).ShouldNotContain("89 euros");
        found.StructuredContent!.Value.GetProperty("found").GetBoolean().ShouldBeFalse();
        // The other tenant has only the search switched on.
        (await client.ListToolsAsync()).ShouldHaveSingleItem().Name.ShouldBe("search_knowledge");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sk_wrong")]
    [InlineData("mk_wrong")]
    public async Task Refuse_callers_without_a_valid_key(string? key)
    {
        using var client = api.Node.Client(key);

        var response = await client.PostAsJsonAsync(
            "/mcp",
            new { jsonrpc = "2.0", id = 1, method = "tools/list", @params = new { } });

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Refuse_visitors()
    {
        var visitor = await _tenant.VisitAsync();

        (await visitor.Client.PostAsJsonAsync("/mcp", new { jsonrpc = "2.0", id = 1, method = "tools/list" })).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static string Text(CallToolResult result) => result.Content.ShouldHaveSingleItem().ShouldBeOfType<TextContentBlock>().Text;

    private Task<McpClient> ConnectAsync(string key) => McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
    {
        Endpoint = new Uri(api.Node.Address, "/mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
    }));
}
