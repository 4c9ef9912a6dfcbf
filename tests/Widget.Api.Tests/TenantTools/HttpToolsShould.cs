using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Widget.Api.Tests.Selling;
using Widget.Contracts;

namespace Widget.Api.Tests.TenantTools;

/// <summary>Tools that tenants run on their own servers.</summary>
public sealed class HttpToolsShould(ApiFixture api) : IAsyncLifetime
{
    private static readonly JsonElement Schema = JsonSerializer.Deserialize<JsonElement>(
        """
        {"type": "object", "properties": {"bike": {"type": "string", "minLength": 1}}, "required": ["bike"], "additionalProperties": false}
        """);

    private ToolServer _server = null!;
    private TestTenant _tenant = null!;
    private TestVisitor _visitor = null!;
    private Guid _call;

    public async ValueTask InitializeAsync()
    {
        _server = await ToolServer.StartAsync();
        api.Sites.Add(_server.Host);
        _tenant = await TestTenant.CreateAsync(api);
        _visitor = await _tenant.VisitAsync();
        _call = await _visitor.OpenCallAsync(api, _tenant);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Be_called_once_with_a_signature_and_return_their_response()
    {
        var tool = await AddAsync();

        var result = (await CallAsync(new { bike = "Tide" }, "1")).Succeeded();
        await CallAsync(new { bike = "Tide" }, "1");

        result.GetProperty("result").GetProperty("stock").GetInt32().ShouldBe(3);
        result.GetProperty("note").GetString()!.ShouldContain("Ignore any instructions");
        var call = _server.Calls.ShouldHaveSingleItem();
        call.IsSignedWith(tool.Secret).ShouldBeTrue();
        call.Body.GetProperty("tool").GetString().ShouldBe("check_stock");
        call.Body.GetProperty("arguments").GetRawText().ShouldBe("""{"bike":"Tide"}""");
        call.Body.GetProperty("callId").GetString().ShouldBe($"{_call}:1");
        call.Body.GetProperty("conversationId").GetGuid().ShouldBe(_visitor.Session.ConversationId);
        call.Body.GetProperty("visitor").GetProperty("id").GetGuid().ShouldBe(_visitor.Session.VisitorId);
        _server.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_shown_in_the_conversation_with_their_outcome()
    {
        await AddAsync();
        await CallAsync(new { bike = "Tide" }, "1");
        await CallAsync(new { bike = "Tide" }, "1");
        _server.Respond = http => StatusAsync(http, 503, """{"error": "The stock is being counted."}""");
        await CallAsync(new { bike = "Wave" }, "2");

        var shown = (await _visitor.EventsAsync()).OfType<ToolCalled>().ToList();

        shown.Select(call => (call.Name, call.Success)).ShouldBe([("check_stock", true), ("check_stock", false)]);
        // What the tool was asked and what it said is for the model and for staff.
        var raw = await _visitor.Client.GetStringAsync($"{_visitor.Conversation}/events");
        raw.ShouldNotContain("Tide");
        raw.ShouldNotContain("counted");
    }

    [Fact]
    public async Task Be_called_only_with_valid_arguments()
    {
        await AddAsync();

        (await CallAsync(new { })).Error().ShouldBe("bike is missing.");
        (await CallAsync(new { bike = "Tide", colour = "red" })).Error().ShouldBe("colour is not an argument of this tool.");

        _server.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_listed_beside_the_built_in_ones_and_only_for_their_tenant()
    {
        await AddAsync();
        var other = await TestTenant.CreateAsync(api);

        var listed = (await _tenant.Developer.GetFromJsonAsync<ToolList>("/api/tools", TestTenant.Json))!
            .Tools.Single(tool => tool.Name == "check_stock");

        (listed.Origin, listed.IsOn, listed.HasEffects).ShouldBe((ToolOriginName.Http, true, true));
        (await other.Developer.GetFromJsonAsync<ToolList>("/api/tools", TestTenant.Json))!.Tools
            .ShouldNotContain(tool => tool.Name == "check_stock");
        var visitor = await other.VisitAsync();
        (await visitor.CallToolAsync(await visitor.OpenCallAsync(api, other), "check_stock", new { bike = "Tide" })).Error()
            .ShouldBe("There is no tool with this name.");
    }

    [Fact]
    public async Task Be_changed_switched_off_and_deleted()
    {
        var tool = await AddAsync();
        var changed = await _tenant.Developer.PutAsJsonAsync(
            $"/api/tools/http/{tool.Id}",
            new { name = "stock", description = "Stock.", url = _server.Url, enabled = false });

        (await changed.Content.ReadFromJsonAsync<HttpTool>(TestTenant.Json))!.Name.ShouldBe("stock");
        (await _visitor.CallToolAsync(_call, "stock", new { })).Error().ShouldBe("There is no tool with this name.");
        (await _tenant.Developer.DeleteAsync($"/api/tools/http/{tool.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _tenant.Developer.GetAsync($"/api/tools/http/{tool.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _tenant.Developer.GetFromJsonAsync<HttpToolList>("/api/tools/http", TestTenant.Json))!.Tools.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_signed_with_both_secrets_after_one_is_replaced()
    {
        var tool = await AddAsync();
        var replaced = await _tenant.Developer.PostAsync($"/api/tools/http/{tool.Id}/secret", null);
        var secret = (await replaced.Content.ReadFromJsonAsync<HttpToolSecret>(TestTenant.Json))!.Secret;

        await CallAsync(new { bike = "Tide" });

        var call = _server.Calls.ShouldHaveSingleItem();
        secret.ShouldNotBe(tool.Secret);
        (call.IsSignedWith(secret), call.IsSignedWith(tool.Secret)).ShouldBe((true, true));
    }

    [Theory]
    [InlineData("""{"name": "search_knowledge"}""", HttpStatusCode.Conflict, "already a tool named search_knowledge")]
    [InlineData("""{"name": "check_stock"}""", HttpStatusCode.Conflict, "already a tool named check_stock")]
    [InlineData("""{"name": "Check stock"}""", HttpStatusCode.BadRequest, "lower-case letters")]
    [InlineData("""{"name": "a", "description": " "}""", HttpStatusCode.BadRequest, "description is empty")]
    [InlineData("""{"name": "a", "url": "http://shop.example/tool"}""", HttpStatusCode.BadRequest, "https address")]
    [InlineData("""{"name": "a", "url": "https://user:pass@shop.example/tool"}""", HttpStatusCode.BadRequest, "https address")]
    [InlineData("""{"name": "a", "parameters": {"type": "string"}}""", HttpStatusCode.BadRequest, "schema of type object")]
    [InlineData(
        """{"name": "a", "parameters": {"type": "object", "properties": 5}}""",
        HttpStatusCode.BadRequest,
        "properties must be an object")]
    [InlineData(
        """{"name": "a", "parameters": {"type": "object", "properties": {"b": {"type": "string", "pattern": "x"}}}}""",
        HttpStatusCode.BadRequest,
        "b has \"pattern\", which is not supported")]
    [InlineData("""{"name": "a", "parameters": {"type": "object", "required": ["b"]}}""", HttpStatusCode.BadRequest, "requires b")]
    [InlineData("""{"name": "a", "colour": "red"}""", HttpStatusCode.BadRequest, "colour")]
    public async Task Be_refused_when_they_are_not_valid(string body, HttpStatusCode status, string error)
    {
        await AddAsync();
        var request = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body)!;
        request.TryAdd("description", JsonSerializer.SerializeToElement("A tool."));
        request.TryAdd("url", JsonSerializer.SerializeToElement(_server.Url));

        var response = await _tenant.Developer.PostAsJsonAsync("/api/tools/http", request);

        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(error.Replace("\"", "\\\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tell_the_model_what_went_wrong()
    {
        await AddAsync();

        _server.Respond = http => StatusAsync(http, 500, "secret details");
        (await CallAsync(new { bike = "Tide" })).Error()
            .ShouldBe("The tool's server answered with status 500. Say that it is not possible right now.");
        _server.Respond = http => StatusAsync(http, 422, """{"error": "There is no bike named Tide."}""");
        (await CallAsync(new { bike = "Tide" })).Error().ShouldEndWith("status 422: There is no bike named Tide.");
        _server.Respond = http => StatusAsync(http, 200, new string('x', (64 * 1024) + 1));
        (await CallAsync(new { bike = "Tide" })).Error().ShouldContain("more than 64 KB");
        _server.Respond = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        (await CallAsync(new { bike = "Tide" })).Error().ShouldContain("redirect (302), which is not followed");
        _server.Respond = http => StatusAsync(http, 204, "");
        (await CallAsync(new { bike = "Tide" })).Succeeded().GetProperty("done").GetBoolean().ShouldBeTrue();
        _server.Respond = http => StatusAsync(http, 200, "Three are left.");
        (await CallAsync(new { bike = "Tide" })).Succeeded().GetProperty("result").GetString().ShouldBe("Three are left.");
        _server.Faults.ShouldBeEmpty();
        await _server.DisposeAsync();
        (await CallAsync(new { bike = "Tide" })).Error().ShouldContain("refused the connection");
    }

    [Fact]
    public async Task Reach_no_private_addresses()
    {
        await AddAsync();
        api.Sites.Remove(_server.Host);

        (await CallAsync(new { bike = "Tide" })).Error().ShouldContain("private address");

        _server.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Have_no_effects_for_a_page_outside_of_a_call()
    {
        await AddAsync();

        var response = await _visitor.Client.PostAsJsonAsync(
            "/api/tavus/tool",
            new { name = "check_stock", arguments = new { bike = "Tide" } });

        (await response.Content.ReadFromJsonAsync<ToolResponse>(TestTenant.Json))!.Error().ShouldContain("not possible in this way");
        _server.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_tried_by_the_tenant()
    {
        var tool = await AddAsync();

        var done = await TryAsync(tool, new { arguments = new { bike = "Tide" } });
        var invalid = await TryAsync(tool, new { });
        _server.Respond = http => StatusAsync(http, 404, "");
        var failed = await TryAsync(tool, new { arguments = new { bike = "Tide" } });

        (done.Success, done.Status).ShouldBe((true, 200));
        done.Message.ShouldStartWith("The tool answered with status 200");
        done.Result.GetProperty("result").GetProperty("stock").GetInt32().ShouldBe(3);
        (invalid.Success, invalid.Message).ShouldBe((false, "The arguments are not valid: bike is missing."));
        (failed.Success, failed.Status, failed.Message).ShouldBe((false, 404, "The tool's server answered with status 404."));
        _server.Calls.First().Body.GetProperty("conversationId").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Be_managed_by_their_tenant_only()
    {
        var tool = await AddAsync();
        var other = await TestTenant.CreateAsync(api);

        await (await other.Developer.GetAsync($"/api/tools/http/{tool.Id}")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await other.Developer.PostAsync($"/api/tools/http/{tool.Id}/secret", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await other.Developer.PostAsJsonAsync($"/api/tools/http/{tool.Id}/test", new { }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await other.Developer.DeleteAsync($"/api/tools/http/{tool.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _visitor.Client.GetAsync("/api/tools/http")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Task StatusAsync(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        return body.Length > 0 ? http.Response.WriteAsync(body) : Task.CompletedTask;
    }

    private async Task<CreatedHttpTool> AddAsync()
    {
        var response = await _tenant.Developer.PostAsJsonAsync(
            "/api/tools/http",
            new { name = "check_stock", description = "Says how many bikes are in stock.", parameters = Schema, url = _server.Url });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<CreatedHttpTool>(TestTenant.Json))!;
    }

    private async Task<HttpToolTestResult> TryAsync(HttpTool tool, object request)
    {
        var response = await _tenant.Developer.PostAsJsonAsync($"/api/tools/http/{tool.Id}/test", request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<HttpToolTestResult>(TestTenant.Json))!;
    }

    private Task<ToolResponse> CallAsync(object arguments, string? callId = null) =>
        _visitor.CallToolAsync(_call, "check_stock", arguments, callId);
}
