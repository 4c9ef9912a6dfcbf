using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.TenantTools.Mcp;
using Widget.Api.Tests.Selling;
using Widget.Contracts;

namespace Widget.Api.Tests.TenantTools;

/// <summary>Tools of MCP servers that tenants add.</summary>
public sealed class McpServersShould(ApiFixture api) : IAsyncLifetime
{
    private StrictMcpServer _server = null!;
    private TestTenant _tenant = null!;
    private TestVisitor _visitor = null!;
    private Guid _call;

    public async ValueTask InitializeAsync()
    {
        _server = await StrictMcpServer.StartAsync();
        api.Sites.Add(_server.Host);
        _tenant = await TestTenant.CreateAsync(api);
        _visitor = await _tenant.VisitAsync();
        _call = await _visitor.OpenCallAsync(api, _tenant);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task List_what_they_offer_and_whether_it_is_chosen()
    {
        var server = await AddAsync();
        await ChooseAsync(server, "find_ride");

        var offered = (await _tenant.Developer.GetFromJsonAsync<McpOfferedTools>(
            $"/api/tools/mcp/{server.Id}/tools",
            TestTenant.Json))!.Tools;

        offered.Select(tool => (tool.Name, tool.UsedAs, tool.HasEffects))
            .ShouldBe([("find_ride", "rides__find_ride", false), ("Cancel.Ride", null, true)]);
        offered[0].Description.ShouldBe("Finds a free ride.");
        _server.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_chosen_tools_once_for_a_call(bool streams)
    {
        _server.Streams = streams;
        await ChooseAsync(await AddAsync(), "find_ride", "Cancel.Ride");

        var result = (await CallAsync("rides__find_ride", new { bike = "Tide" }, "1")).Succeeded();
        await CallAsync("rides__find_ride", new { bike = "Tide" }, "1");
        var listed = (await _tenant.Developer.GetFromJsonAsync<ToolList>("/api/tools", TestTenant.Json))!.Tools
            .Where(tool => tool.Origin == ToolOriginName.Mcp)
            .ToList();

        result.GetProperty("result").GetString().ShouldBe("Ride Tide is free.");
        var call = _server.Calls.ShouldHaveSingleItem();
        call.GetProperty("name").GetString().ShouldBe("find_ride");
        call.GetProperty("arguments").GetProperty("bike").GetString().ShouldBe("Tide");
        listed.Select(tool => (tool.Name, tool.HasEffects, tool.IsOn))
            .ShouldBe([("rides__cancel_ride", true, true), ("rides__find_ride", false, true)]);
        // The schema is the server's, with rules that we do not know.
        listed[1].Parameters.GetRawText().ShouldContain("anyOf");
        _server.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_no_tool_that_is_not_chosen_or_gets_wrong_arguments()
    {
        await ChooseAsync(await AddAsync(), "find_ride");

        (await CallAsync("rides__cancel_ride", new { })).Error().ShouldBe("There is no tool with this name.");
        (await CallAsync("rides__find_ride", new { })).Error().ShouldBe("bike is missing.");

        _server.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tell_the_model_what_went_wrong()
    {
        await ChooseAsync(await AddAsync(), "find_ride");

        _server.Run = _ => Task.FromResult<object>(
            new { isError = true, content = new[] { new { type = "text", text = "No ride on Sundays." } } });
        (await CallAsync("rides__find_ride", new { bike = "Tide" })).Error().ShouldBe("No ride on Sundays.");
        _server.Run = _ => Task.FromResult<object>(
            new { content = new[] { new { type = "text", text = new string('x', 70_000) } } });
        (await CallAsync("rides__find_ride", new { bike = "Tide" })).Error().ShouldContain("more than 64 KB");
        _server.Run = _ => Task.FromResult<object>(new { content = Array.Empty<object>(), structuredContent = new { free = 2 } });
        (await CallAsync("rides__find_ride", new { bike = "Tide" })).Succeeded()
            .GetProperty("result").GetProperty("free").GetInt32().ShouldBe(2);
        await _server.DisposeAsync();
        (await CallAsync("rides__find_ride", new { bike = "Tide" })).Error().ShouldContain("refused the connection");
        // The tool is still known, so that an answer does not depend on the server.
        (await _tenant.Developer.GetFromJsonAsync<ToolList>("/api/tools", TestTenant.Json))!.Tools
            .ShouldContain(tool => tool.Name == "rides__find_ride");
    }

    [Fact]
    public async Task Not_keep_a_model_waiting()
    {
        await ChooseAsync(await AddAsync(), "find_ride");
        var never = new TaskCompletionSource<object>();
        _server.Run = _ => never.Task;

        (await CallAsync("rides__find_ride", new { bike = "Tide" })).Error().ShouldContain("did not respond within 8 seconds");

        never.SetResult(new { content = Array.Empty<object>() });
    }

    [Fact]
    public async Task Say_what_is_wrong_with_a_server_that_breaks_the_protocol()
    {
        var server = await AddAsync();
        _server.Schema = "array";

        var response = await _tenant.Developer.GetAsync($"/api/tools/mcp/{server.Id}/tools");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync()).ShouldContain("the Model Context Protocol does not allow");
    }

    [Fact]
    public async Task Be_asked_only_with_valid_credentials_at_public_addresses()
    {
        var wrong = await AddAsync("wrong", new { authorization = "Bearer no" });
        await ShouldFailAsync(wrong, "refused the credentials");
        await using var hidden = await StrictMcpServer.StartAsync();
        api.Sites.Add(hidden.Host);
        var added = await AddAsync("hidden", url: hidden.Url);
        api.Sites.Remove(hidden.Host);
        await ShouldFailAsync(added, "private address");
        hidden.Faults.ShouldBeEmpty();

        async Task ShouldFailAsync(McpServerDetail failing, string error)
        {
            var response = await _tenant.Developer.GetAsync($"/api/tools/mcp/{failing.Id}/tools");
            await response.ShouldBeProblemAsync(HttpStatusCode.BadGateway);
            (await response.Content.ReadAsStringAsync()).ShouldContain(error);
        }
    }

    [Fact]
    public async Task Keep_their_headers_secret_and_forget_them_with_the_address()
    {
        var server = await AddAsync();

        server.HeaderNames.ShouldBe(["authorization"]);
        (await _tenant.Developer.GetStringAsync("/api/tools/mcp")).ShouldNotContain("letmein");
        var renamed = await PutAsync(server, new { name = "trips", url = _server.Url });
        renamed.HeaderNames.ShouldBe(["authorization"]);
        (await PutAsync(server, new { name = "trips", url = "https://other.example/mcp" })).HeaderNames.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"name": "rides"}""", HttpStatusCode.Conflict, "already an MCP server named rides")]
    [InlineData("""{"name": "My rides"}""", HttpStatusCode.BadRequest, "lower-case letters")]
    [InlineData("""{"name": "a", "url": "http://shop.example/mcp"}""", HttpStatusCode.BadRequest, "https address")]
    [InlineData("""{"name": "a", "headers": {"Host": "x"}}""", HttpStatusCode.BadRequest, "Host can\\u0027t be set")]
    [InlineData("""{"name": "a", "headers": {"X Y": "x"}}""", HttpStatusCode.BadRequest, "can\\u0027t be the name")]
    [InlineData("""{"name": "a", "headers": {"X-Key": "a\nb"}}""", HttpStatusCode.BadRequest, "visible ASCII")]
    public async Task Be_refused_when_they_are_not_valid(string body, HttpStatusCode status, string error)
    {
        await AddAsync();
        var request = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body)!;
        request.TryAdd("url", JsonSerializer.SerializeToElement(_server.Url));

        var response = await _tenant.Developer.PostAsJsonAsync("/api/tools/mcp", request);

        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).Replace("'", "\\u0027", StringComparison.Ordinal).ShouldContain(error);
    }

    [Fact]
    public async Task Say_which_tools_can_be_chosen()
    {
        var server = await AddAsync();

        var response = await _tenant.Developer.PutAsJsonAsync($"/api/tools/mcp/{server.Id}/tools", new { names = new[] { "fly" } });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("Its tools are: find_ride, Cancel.Ride.");
    }

    [Fact]
    public async Task Be_deleted_with_their_tools_and_belong_to_one_tenant()
    {
        var server = await AddAsync();
        await ChooseAsync(server, "find_ride");
        var other = await TestTenant.CreateAsync(api);

        (await other.Developer.GetAsync($"/api/tools/mcp/{server.Id}/tools")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.Developer.DeleteAsync($"/api/tools/mcp/{server.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _tenant.Developer.DeleteAsync($"/api/tools/mcp/{server.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CallAsync("rides__find_ride", new { bike = "Tide" })).Error().ShouldBe("There is no tool with this name.");
    }

    [Theory]
    [InlineData("rides", "find_ride", "rides__find_ride")]
    [InlineData("rides", "Cancel.Ride-now", "rides__cancel_ride_now")]
    public void Give_their_tools_valid_names(string server, string tool, string name) =>
        McpNames.Of(server, tool, _ => false).ShouldBe(name);

    [Fact]
    public void Give_their_tools_names_that_are_short_and_not_taken()
    {
        var tool = new string('a', 100);
        var first = McpNames.Of("rides", $"{tool}1", _ => false);
        var second = McpNames.Of("rides", $"{tool}2", _ => false);
        var taken = McpNames.Of("rides", "a.b", name => name == "rides__a_b");

        (first.Length, second.Length).ShouldBe((48, 48));
        first.ShouldNotBe(second);
        taken.ShouldStartWith("rides__a_b_");
        new[] { first, second, taken }.ShouldAllBe(name => Widget.Api.Tools.Tool.IsName(name));
    }

    private async Task<McpServerDetail> AddAsync(string name = "rides", object? headers = null, string? url = null)
    {
        var response = await _tenant.Developer.PostAsJsonAsync(
            "/api/tools/mcp",
            new { name, url = url ?? _server.Url, headers = headers ?? StrictMcpServer.Headers });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<McpServerDetail>(TestTenant.Json))!;
    }

    private async Task ChooseAsync(McpServerDetail server, params string[] names)
    {
        var response = await _tenant.Developer.PutAsJsonAsync($"/api/tools/mcp/{server.Id}/tools", new { names });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    private async Task<McpServerDetail> PutAsync(McpServerDetail server, object request)
    {
        var response = await _tenant.Developer.PutAsJsonAsync($"/api/tools/mcp/{server.Id}", request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<McpServerDetail>(TestTenant.Json))!;
    }

    private Task<ToolResponse> CallAsync(string name, object arguments, string? callId = null) =>
        _visitor.CallToolAsync(_call, name, arguments, callId);
}
