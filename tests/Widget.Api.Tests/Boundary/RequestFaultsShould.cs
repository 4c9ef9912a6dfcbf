using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Tests.Boundary;

/// <summary>An error about a refused value names the field and the allowed values.</summary>
public sealed class RequestFaultsShould(ApiFixture api)
{
    [Theory]
    [InlineData(
        "POST",
        "/api/knowledge/sources",
        """{"kind": "page", "schedule": "hourly"}""",
        "schedule",
        "schedule must be one of none, daily, weekly, monthly.")]
    [InlineData(
        "POST",
        "/api/knowledge/sources",
        """{"kind": "blog"}""",
        "kind",
        "kind must be one of import, upload, page, site, answers, demos.")]
    [InlineData("POST", "/api/knowledge/demos", """{"kind": "film"}""", "kind", "kind must be one of video, image, slide, page.")]
    [InlineData(
        "POST",
        "/api/tavus/lifecycle",
        """{"name": "user_arrived"}""",
        "name",
        "name must be one of user_joined, user_left, start_conversation, end_conversation.")]
    [InlineData(
        "POST",
        "/api/search",
        """{"query": "x", "strategy": "best"}""",
        "strategy",
        "strategy must be one of parallel, smart, fallback.")]
    [InlineData(
        "POST",
        "/api/search",
        """{"query": "x", "filter": {"kinds": ["text", "smell"]}}""",
        "filter.kinds[1]",
        "filter.kinds[1] must be one of text, answer, image, audio, video, demo.")]
    [InlineData(
        "POST",
        "/api/search",
        """{"query": "x", "filter": {"sources": ["here"]}}""",
        "filter.sources[0]",
        "filter.sources[0] must be an id such as 0198c5e2-7d3b-7a41-9c0e-2f6b8d1a4e57.")]
    [InlineData("POST", "/api/search", """{"query": "x", "limit": "ten"}""", "limit", "limit must be a whole number, 2147483647 at most.")]
    [InlineData("POST", "/api/search", """{"query": "x", "limit": 1e400}""", "limit", "limit must be a whole number, 2147483647 at most.")]
    [InlineData(
        "POST",
        "/api/tavus/lifecycle",
        """{"name": "user_joined", "userId": "a\u0000b"}""",
        "userId",
        "userId must be a text of valid Unicode characters.")]
    [InlineData(
        "POST",
        "/api/tavus/lifecycle",
        """{"name": "user_joined", "userId": "\ud800"}""",
        "userId",
        "userId must be a text of valid Unicode characters.")]
    [InlineData("POST", "/api/search", """{"query": 5}""", "query", "query must be a text of valid Unicode characters.")]
    [InlineData("POST", "/api/search", """{"query": ["x"]}""", "query", "query must be a text of valid Unicode characters.")]
    [InlineData("POST", "/api/search", """{"query": "x", "filter": "all"}""", "filter", "filter must be a JSON object.")]
    [InlineData("POST", "/api/webhooks", """{"url": "https://example.com/"}""", "events", "events is missing.")]
    [InlineData("POST", "/api/webhooks", """{"url": null, "events": ["lead.created"]}""", "url", "url is missing.")]
    [InlineData(
        "POST",
        "/api/webhooks",
        """{"url": "https://example.com/", "events": [null]}""",
        "events",
        "events must not contain null.")]
    [InlineData("POST", "/api/webhooks", """{"url": "https://example.com/", "events": []}""", "events", "events must not be empty.")]
    [InlineData("POST", "/api/search", """{"query": "x", "limit": 1000000}""", "limit", "limit must be between 1 and 100.")]
    [InlineData("PUT", "/api/reps/00000000-0000-0000-0000-000000000001/hours", "{}", "weekly", "weekly is missing.")]
    [InlineData("GET", "/api/leads?from=2027-05-02&to=2027-05-01", null, "to", "to must be after from.")]
    [InlineData(
        "POST",
        "/api/meetings",
        """{"slotStart": "2027-05-03T10:00:00Z", "lead": {"name": "Ada"}, "idempotencyKey": "1"}""",
        "lead.email",
        "lead.email is missing.")]
    [InlineData("POST", "/api/search", "null", null, "The request must be a JSON object, not null.")]
    [InlineData("POST", "/api/search", "7", null, "The request must be a JSON object.")]
    [InlineData("POST", "/api/search", """{"query": "x",}""", null, "The request is not valid JSON.")]
    [InlineData("POST", "/api/search", """{"query": "x" """, null, "The request is not valid JSON.")]
    [InlineData("PUT", "/api/settings", """{"useTavusVideo": "yes"}""", "useTavusVideo", "useTavusVideo must be true or false.")]
    [InlineData("PUT", "/api/settings", """{"tavusKBWeight": "a lot"}""", "tavusKBWeight", "tavusKBWeight must be a number.")]
    [InlineData("PUT", "/api/settings", """{"tools": "all"}""", "tools", "tools must be a list.")]
    [InlineData(
        "PUT",
        "/api/settings",
        """{"voice": {"protocol": "carrier pigeon"}}""",
        "voice.protocol",
        "voice.protocol must be one of openai_realtime, azure_realtime, gpt_live, self_hosted.")]
    [InlineData("PUT", "/api/settings", """{"odd.name": 1}""", "odd.name", "odd.name is not a field of this request.")]
    [InlineData(
        "PUT",
        "/api/settings",
        """{"tools": ["search_knowledge", "nope"]}""",
        "tools",
        "There is no tool \"nope\". The tools are book_meeting, capture_lead, check_availability, end_conversation, get_pricing, "
            + "qualify_lead, request_human, search_knowledge, show_demo.")]
    [InlineData("PUT", "/api/settings", """{"triggers": [{"id": ""}]}""", "triggers", "id must not be empty.")]
    [InlineData(
        "PUT",
        "/api/settings",
        """{"triggers": [{"id": "a", "variants": [{"message": "Hi"}]}]}""",
        "triggers",
        "A variant's id must have 1 to 40 small letters, digits and hyphens.")]
    [InlineData("POST", "/api/search", """{"query": "x", "filters": {}}""", "filters", "filters is not a field of this request.")]
    [InlineData(
        "POST",
        "/api/search",
        """{"query": "x", "filter": {"tag": ["a"]}}""",
        "filter.tag",
        "filter.tag is not a field of this request.")]
    [InlineData(
        "POST",
        "/api/knowledge/sites",
        """{"url": "https://www.example.com", "maxPage": 1}""",
        "maxPage",
        "maxPage is not a field of this request.")]
    [InlineData("GET", "/api/knowledge/documents?limit=many", null, "limit", "limit must be a whole number, 2147483647 at most.")]
    [InlineData("GET", "/api/analytics/conversations?limit=many", null, "limit", "limit must be a whole number, 2147483647 at most.")]
    [InlineData(
        "GET",
        "/api/knowledge/documents?source=here",
        null,
        "source",
        "source must be an id such as 0198c5e2-7d3b-7a41-9c0e-2f6b8d1a4e57.")]
    [InlineData(
        "DELETE",
        "/api/tavus/knowledge/publish?documentIds=0198c5e2-7d3b-7a41-9c0e-2f6b8d1a4e57&documentIds=here",
        null,
        "documentIds",
        "documentIds must be an id such as 0198c5e2-7d3b-7a41-9c0e-2f6b8d1a4e57.")]
    [InlineData(
        "GET",
        "/api/tavus/sessions?before=%22",
        null,
        "before",
        "before must be an id such as 0198c5e2-7d3b-7a41-9c0e-2f6b8d1a4e57.")]
    [InlineData(
        "GET",
        "/api/leads/export.csv?query=a%00b",
        null,
        null,
        "The request contains the character U+0000, which is not allowed.")]
    public async Task Name_the_allowed_values(string method, string path, string? body, string? field, string title)
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        await (await tenant.Developer.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, title, field);
    }

    [Fact]
    public async Task Name_the_supported_content_type()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.PostAsync("/api/search", new StringContent("query=x"))).ShouldBeProblemAsync(
            HttpStatusCode.UnsupportedMediaType,
            "The request's content type is not supported. Send JSON as application/json, and files as multipart/form-data.");
    }

    [Fact]
    public async Task Name_the_limit_of_a_message_that_is_too_large()
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();

        await (await visitor.SendAsync(new string('x', 100_000))).ShouldBeProblemAsync(
            HttpStatusCode.RequestEntityTooLarge,
            "The request is larger than 64 KB.");
    }

    [Fact]
    public async Task Name_the_limit_of_a_form_that_is_too_large()
    {
        var tenant = await TestTenant.CreateAsync(api);
        // The server refuses the request by its length, so the client must not send the body before it has the response.
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
        using var file = new ByteArrayContent([1]);
        using var form = new MultipartFormDataContent { { file, "file", "talk.mp3" } };
        form.Headers.ContentLength = 201L << 20;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Node.Address, "/api/knowledge/uploads")) { Content = form };
        request.Headers.Authorization = new("Bearer", tenant.Created.ApiKey);
        request.Headers.ExpectContinue = true;

        await (await client.SendAsync(request)).ShouldBeProblemAsync(
            HttpStatusCode.RequestEntityTooLarge,
            "The request is larger than 200 MB.");
    }

    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(1_100, 1)]
    public async Task Name_the_limits_of_a_forms_fields(int fields, int nameLength)
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < fields; i++) form.Add(new StringContent("x"), $"{new string('f', nameLength)}{i}");
        form.Add(new ByteArrayContent([1]), "file", "notes.txt");

        await (await tenant.Developer.PostAsync("/api/knowledge/uploads", form)).ShouldBeProblemAsync(
            HttpStatusCode.RequestEntityTooLarge,
            "The form is too large. It can have at most 1,024 fields, each with at most 16 KB of headers.");
    }

    [Theory]
    [InlineData("POST", "/api/webhooks", "url", """{"url": "@", "events": ["lead.created"]}""")]
    [InlineData("POST", "/api/tools/http", "url", """{"url": "@", "name": "find_order", "description": "Finds an order."}""")]
    [InlineData("POST", "/api/tools/mcp", "url", """{"url": "@", "name": "crm"}""")]
    [InlineData("POST", "/api/agents/import", "url", """{"url": "@"}""")]
    [InlineData("PUT", "/api/crm/salesforce", "domain", """{"domain": "@", "clientId": "1", "clientSecret": "2"}""")]
    public async Task Require_a_public_address_for_a_companys_own_server(string method, string path, string field, string body)
    {
        var tenant = await TestTenant.CreateAsync(api);

        foreach (var (address, host) in new[]
        {
            ("https://10.1.2.3/", "10.1.2.3"), ("https://localhost:8443/", "localhost"), ("https://[fd00::1]/", "[fd00::1]"),
            ("https://2130706433/", "127.0.0.1"), ("http://127.0.0.1:9/", "127.0.0.1"),
        })
        {
            await (await SendAsync(address)).ShouldBeProblemAsync(
                HttpStatusCode.BadRequest,
                $"{field} must be a public address. {host} is private; the operator can allow it with WIDGET_FETCH_ALLOW.",
                field);
        }

        string[] others =
            ["http://example.com", "https://user:pass@example.com", "ftp://example.com", "example.com", "\u00a0https://example.com"];
        foreach (var bad in others)
        {
            var response = await SendAsync(bad);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.Content.ReadAsStringAsync())
                .ShouldContain($"{field} must be an https address without a user name, such as https://");
        }

        async Task<HttpResponseMessage> SendAsync(string address)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Content = new StringContent(body.Replace("@", address, StringComparison.Ordinal), Encoding.UTF8, "application/json");
            return await tenant.Developer.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("speech")]
    [InlineData("voice")]
    public async Task Require_https_for_providers_endpoints(string part)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var field = $"{part}.endpoint";

        await (await PutAsync("http://api.example.com/v1")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            $"{field} must be an https address, such as https://api.openai.com/v1. "
                + "Plain http is allowed on this machine, such as http://localhost:8880/v1, and for hosts that WIDGET_FETCH_ALLOW names.",
            field);
        foreach (var bad in new[]
        {
            "ftp://api.example.com",
            "https://api.example.com/v1?key=1",
            "api.example.com",
            "https://user:pass@api.example.com",
        })
        {
            await (await PutAsync(bad)).ShouldBeProblemAsync(
                HttpStatusCode.BadRequest,
                $"{field} must be a web address without a query, such as https://api.openai.com/v1.",
                field);
        }

        string[] accepted = ["https://api.example.com/v1", "http://localhost:8880/v1", "http://127.0.0.1:8880", "http://[::1]:8880"];
        foreach (var good in accepted)
            (await PutAsync(good)).StatusCode.ShouldBe(HttpStatusCode.OK, good);

        await using var node = await ApiNode.StartAsync(
            api.Database,
            fetching: new() { AllowedPrivateHosts = new HashSet<string> { "kokoro:8880" } });
        using var client = node.Client(tenant.Created.ApiKey);
        (await client.PutAsJsonAsync("/api/settings", Settings("http://kokoro:8880/v1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PutAsJsonAsync("/api/settings", Settings("http://kokoro:8881/v1"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        Task<HttpResponseMessage> PutAsync(string endpoint) => tenant.Developer.PutAsJsonAsync("/api/settings", Settings(endpoint));
        Dictionary<string, object> Settings(string endpoint) => new() { [part] = new { endpoint } };
    }

    [Fact]
    public void Describe_every_type_of_a_requests_fields()
    {
        var types = typeof(TenantSettings).Assembly.GetTypes()
            .Where(type => type.IsPublic && !type.IsAbstract && !type.IsGenericType)
            .SelectMany(type => type.GetProperties())
            .Select(property => property.PropertyType)
            .Distinct();
        foreach (var type in types)
            ExpectedValues.Of(type).ShouldNotBeNullOrEmpty(type.ToString());
        ExpectedValues.Of(typeof(ScheduleName?)).ShouldBe("one of none, daily, weekly, monthly");
        JsonPlace.Find(typeof(ContextRequest), "$.context['a.b']", JsonSerializerOptions.Web)
            .ShouldBe(new JsonPlace("context.a.b", typeof(string)));
    }

    [Fact]
    public void Be_found_by_every_endpoint_whose_body_has_rules()
    {
        var unvalidated = api.Node.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body
                && body.GetProperties().Any(property => property.GetCustomAttributes<ValidationAttribute>().Any())
                && endpoint.Metadata.GetMetadata<ValidatedBody>()?.Type != body)
            .Select(endpoint => endpoint.DisplayName);

        // These validate in their handlers: imports each line, PATCH the changed agent, and reports the JSON in their text.
        string[] others = ["/import", "PATCH /api/agents", "POST /api/widget/triggers"];
        unvalidated.Where(name => !others.Any(other => name!.Contains(other, StringComparison.Ordinal))).ShouldBeEmpty();
    }
}
