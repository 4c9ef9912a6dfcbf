using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests.Tools;

/// <summary>Tools over HTTP, as the widget and tenants' own programs call them.</summary>
public sealed class ToolsShould(ApiFixture api) : IAsyncLifetime
{
    private TestTenant _tenant = null!;
    private TestVisitor _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = await TestTenant.WithKnowledgeAsync(api);
        _visitor = await _tenant.VisitAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Be_listed_with_their_schemas_and_whether_they_are_on()
    {
        var on = (await _tenant.Developer.GetFromJsonAsync<ToolList>("/api/tools", TestTenant.Json))!
            .Tools.Single(tool => tool.Name == "search_knowledge");
        (await _tenant.Developer.PutAsJsonAsync("/api/settings", new { tools = Array.Empty<string>() })).EnsureSuccessStatusCode();
        var off = (await _tenant.Developer.GetFromJsonAsync<ToolList>("/api/tools", TestTenant.Json))!
            .Tools.Single(tool => tool.Name == "search_knowledge");

        on.IsOn.ShouldBeTrue();
        on.HasEffects.ShouldBeFalse();
        on.Parameters.GetProperty("required")[0].GetString().ShouldBe("query");
        off.IsOn.ShouldBeFalse();
        (await _visitor.Client.GetAsync("/api/tools")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Show_in_the_conversation_what_a_call_found()
    {
        var session = await VideoSessions.OpenAsync(api, _tenant, _visitor);
        var request = new
        {
            companyId = _tenant.Created.Slug,
            name = ToolRegistry.Prefix(new TenantId(_tenant.Created.TenantId)) + "search_knowledge",
            arguments = """{"query": "How long does charging with the fast charger take?"}""",
            toolCallId = "call-1",
            sessionId = session.Id,
        };

        var first = await CallAsync(_visitor.Client, request);
        var again = await CallAsync(_visitor.Client, request);

        first.Success.ShouldBeTrue();
        first.Result.GetProperty("found").GetBoolean().ShouldBeTrue();
        var passage = first.Result.GetProperty("passages")[0];
        passage.GetProperty("number").GetInt32().ShouldBe(1);
        passage.GetProperty("title").GetString().ShouldBe("Charging");
        passage.GetProperty("url").GetString()!.ShouldStartWith("https://shop.example/charging");
        passage.GetProperty("text").GetString()!.ShouldContain("two hours");
        JsonElement.DeepEquals(again.Result, first.Result).ShouldBeTrue();
        var shown = (await _visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<KnowledgeShown>();
        shown.Query.ShouldBe("How long does charging with the fast charger take?");
        shown.Citations[0].Title.ShouldBe("Charging");
    }

    [Fact]
    public async Task Answer_programs_of_the_tenant_without_a_conversation()
    {
        var answer = await CallAsync(
            _tenant.Developer,
            new
            {
                companyId = _tenant.Created.TenantId,
                name = "search_knowledge",
                arguments = new { query = "What does delivery to Denmark cost?", limit = 1 },
            });

        answer.Success.ShouldBeTrue();
        answer.Result.GetProperty("passages").EnumerateArray().ShouldHaveSingleItem().GetProperty("text").GetString()!
            .ShouldContain("89 euros");
    }

    [Fact]
    public async Task Say_that_nothing_was_found()
    {
        var withoutKnowledge = await (await TestTenant.CreateAsync(api)).VisitAsync();

        var answer = await CallAsync(
            withoutKnowledge.Client,
            new { name = "search_knowledge", arguments = new { query = "Explain quantum entanglement" } });

        answer.Success.ShouldBeTrue();
        answer.Result.GetProperty("found").GetBoolean().ShouldBeFalse();
        answer.Result.GetProperty("note").GetString()!.ShouldContain("do not guess");
    }

    [Fact]
    public async Task Return_short_passages_that_contain_the_answer()
    {
        var filler = string.Join(
            ' ',
            Enumerable.Range(1, 15).Select(i => $"Paragraph {i} is about how carefully our workshop in Kiel paints the frames by hand."));
        await _tenant.ImportAsync(
            new { id = "long", title = "Workshop", text = $"{filler} The workshop opens at nine on Saturdays. {filler}" });

        var answer = await CallAsync(
            _visitor.Client,
            new { name = "search_knowledge", arguments = new { query = "When does the workshop open on Saturdays?" } });

        var texts = answer.Result.GetProperty("passages").EnumerateArray().Select(
            passage => passage.GetProperty("text").GetString()!).ToList();
        texts.ShouldAllBe(text => text.Length <= 720);
        texts[0].ShouldContain("opens at nine on Saturdays");
    }

    [Theory]
    [InlineData("""{"name": "search_knowledge", "arguments": {}}""", "query is missing.")]
    [InlineData("""{"name": "search_knowledge", "arguments": {"query": "x", "limit": 99}}""", "limit must be at most 6.")]
    [InlineData("""{"name": "search_knowledge", "arguments": "{broken"}""", "The arguments are not valid JSON.")]
    [InlineData("""{"name": "search_knowledge", "arguments": {"query": "   "}}""", "query is empty.")]
    [InlineData("""{"name": "no_such_tool", "arguments": {}}""", "There is no tool with this name.")]
    [InlineData("""{"name": "no_such_tool"}""", "There is no tool with this name.")]
    [InlineData("""{"name": "search_knowledge"}""", "query is missing.")]
    public async Task Explain_errors_to_the_model(string body, string error)
    {
        var response = await _visitor.Client.PostAsync("/api/tavus/tool", new StringContent(body, null, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = (await response.Content.ReadFromJsonAsync<ToolResponse>(TestTenant.Json))!;
        answer.Success.ShouldBeFalse();
        answer.Result.GetProperty("error").GetString().ShouldBe(error);
    }

    [Fact]
    public async Task Refuse_a_request_without_a_name() =>
        (await _visitor.Client.PostAsJsonAsync("/api/tavus/tool", new { arguments = new { query = "x" } })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Refuse_unknown_callers_and_other_tenants_sessions()
    {
        var other = await TestTenant.CreateAsync(api);
        var neighbour = await _tenant.VisitAsync();
        var session = await VideoSessions.OpenAsync(api, _tenant, neighbour);
        async Task<HttpStatusCode> StatusAsync(HttpClient client, object request) =>
            (await client.PostAsJsonAsync("/api/tavus/tool", request)).StatusCode;

        using var stranger = api.Node.Client();
        (await StatusAsync(stranger, new { name = "search_knowledge" })).ShouldBe(HttpStatusCode.Unauthorized);
        using var wrong = api.Node.Client("sk_wrong");
        (await StatusAsync(wrong, new { name = "search_knowledge" })).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(_visitor.Client, new { companyId = other.Created.Slug, name = "search_knowledge" }))
            .ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(_visitor.Client, new { name = "search_knowledge", sessionId = session.Id })).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(other.Developer, new { name = "search_knowledge", sessionId = session.Id })).ShouldBe(HttpStatusCode.NotFound);
        var found = new { name = "search_knowledge", sessionId = session.Id, arguments = new { query = "charging" } };
        (await StatusAsync(_tenant.Developer, found)).ShouldBe(HttpStatusCode.OK);
        await VideoSessions.EndAsync(api, session.Id);
        (await StatusAsync(_tenant.Developer, new { name = "search_knowledge", sessionId = session.Id })).ShouldBe(HttpStatusCode.Conflict);
    }

    private static async Task<ToolResponse> CallAsync(HttpClient client, object request)
    {
        var response = await client.PostAsJsonAsync("/api/tavus/tool", request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ToolResponse>(TestTenant.Json))!;
    }
}
