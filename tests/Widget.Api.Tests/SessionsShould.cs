using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Operations;
using Widget.Contracts;

namespace Widget.Api.Tests;

public sealed class SessionsShould(ApiFixture api)
{
    [Fact]
    public async Task Return_a_token_a_conversation_and_the_tenants_theme()
    {
        var tenant = await TestTenant.CreateAsync(api);
        (await tenant.Developer.PutAsJsonAsync(
            "/api/settings",
            new { agentName = "Jette", theme = new { color = "#0b6e6e", position = "left" } }))
            .EnsureSuccessStatusCode();

        var visitor = await tenant.VisitAsync();

        visitor.Session.ExpiresAt.ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(30));
        visitor.Session.Config.TenantName.ShouldBe("Harbor Bikes");
        visitor.Session.Config.AgentName.ShouldBe("Jette");
        visitor.Session.Config.Theme.ShouldBe(new ThemeSettings { Color = "#0b6e6e", Position = WidgetPosition.Left });
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Recognize_a_visitor_and_continue_the_conversation()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var first = await tenant.VisitAsync();
        await first.AskAsync("Hello");

        var again = await tenant.VisitAsync(visitorId: first.Session.VisitorId);

        again.Session.VisitorId.ShouldBe(first.Session.VisitorId);
        again.Session.ConversationId.ShouldBe(first.Session.ConversationId);
        (await again.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Begin_a_new_conversation_on_request()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var first = await tenant.VisitAsync();

        using var client = api.Node.Client();
        var response = await client.PostAsJsonAsync(
            "/api/widget/session",
            new { siteKey = tenant.Created.SiteKey, visitorId = first.Session.VisitorId, newConversation = true });

        var session = (await response.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!;
        session.VisitorId.ShouldBe(first.Session.VisitorId);
        session.ConversationId.ShouldNotBe(first.Session.ConversationId);
    }

    [Fact]
    public async Task Not_accept_another_tenants_visitor()
    {
        var (a, b) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        var visitor = await a.VisitAsync();

        var stranger = await b.VisitAsync(visitorId: visitor.Session.VisitorId);

        stranger.Session.VisitorId.ShouldNotBe(visitor.Session.VisitorId);
    }

    [Theory]
    [InlineData("pk_AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("nonsense")]
    [InlineData("sk_AAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Refuse_an_unknown_site_key(string key)
    {
        using var client = api.Node.Client();
        var response = await client.PostAsJsonAsync("/api/widget/session", new { siteKey = key });

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "This site key is unknown or has been revoked.");
    }

    [Fact]
    public async Task Refuse_a_revoked_site_key()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await new TenantAdministration(api.Database.OwnerSource).RevokeAsync(
            tenant.Created.Slug,
            tenant.Created.SiteKey,
            CancellationToken.None);

        using var client = api.Node.Client();
        var response = await client.PostAsJsonAsync("/api/widget/session", new { siteKey = tenant.Created.SiteKey });

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "This site key is unknown or has been revoked.");
    }

    [Theory]
    [InlineData(TestTenant.Origin, HttpStatusCode.OK)]
    [InlineData("https://SHOP.example", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://shop.example", HttpStatusCode.Forbidden)]
    [InlineData("https://shop.example.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task Open_only_for_allowed_origins(string? origin, HttpStatusCode status)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await OpenAsync(tenant, origin);

        response.StatusCode.ShouldBe(status);
        // The page must be able to read why, so CORS lets even a refusal through.
        if (origin is not null) response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        if (status == HttpStatusCode.Forbidden)
        {
            await response.ShouldBeProblemAsync(
                status,
                $"The widget of Harbor Bikes is not allowed on {origin}. Its owner can add this site to the allowed origins.");
        }
    }

    [Fact]
    public async Task Open_for_the_hosted_page_on_our_own_origin()
    {
        var tenant = await TestTenant.CreateAsync(api);

        (await OpenAsync(tenant, api.Node.Address.GetLeftPart(UriPartial.Authority))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bind_a_token_to_its_site()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var session = (await (await OpenAsync(tenant, TestTenant.Origin)).Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!;
        var visitor = new TestVisitor(api.Node, session);

        (await visitor.SendAsync("Hello", origin: TestTenant.Origin)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await visitor.SendAsync("Hello", origin: "https://evil.example")).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden,
            "This session was opened on another website.");
    }

    [Fact]
    public async Task Refuse_missing_invalid_and_modified_tokens()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        var token = visitor.Session.Token;

        foreach (var bad in new[] { null, "x", "sk_x", token[..^4] + "AAAA", tenant.Created.ApiKey })
        {
            using var client = api.Node.Client(bad);
            (await client.GetAsync($"{visitor.Conversation}/events")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, bad);
        }
    }

    [Fact]
    public async Task Accept_tokens_of_other_nodes()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        await using var other = await ApiNode.StartAsync(api.Database);

        using var client = other.Client(visitor.Session.Token);
        (await client.GetAsync($"{visitor.Conversation}/events")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Store_what_the_page_says_about_the_visitor_and_itself()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();

        (await visitor.Client.PostAsJsonAsync(
            "/api/widget/identify",
            new { id = "u1", name = "Ada", email = "ada@example.com" })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);
        (await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/context",
            new { context = new { plan = "Team", cart = (string?)null } })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);
        await (await visitor.Client.PostAsJsonAsync("/api/widget/identify", new { email = "nonsense" })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: "email");
        await (await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/context",
            new { context = new { plan = new string('x', 501) } })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: "context");

        await using var command = api.Database.OwnerSource.CreateCommand(
            "select external_id, traits ->> 'name', traits ->> 'email', (select context ->> 'plan' from conversations where "
                + "visitor_id = v.id) from visitors v where id = $1");
        command.Parameters.Add(new() { Value = visitor.Session.VisitorId });
        await using var row = await command.ExecuteReaderAsync();
        (await row.ReadAsync()).ShouldBeTrue();
        Enumerable.Range(0, 4).Select(row.GetString).ShouldBe(["u1", "Ada", "ada@example.com", "Team"]);
    }

    [Fact]
    public async Task Store_concurrent_statements_about_the_visitor()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => tenant.VisitAsync()));

        object[] words = [new { name = "Ada" }, new { email = "ada@example.com" }];
        var said = await Task.WhenAll(visitors.SelectMany(
            visitor => words.Select(word => visitor.Client.PostAsJsonAsync("/api/widget/identify", word))));

        said.ShouldAllBe(response => response.StatusCode == HttpStatusCode.NoContent);
        await using var command = api.Database.OwnerSource.CreateCommand(
            "select count(*) from visitors where tenant_id = $1 and traits ?& array['name', 'email']");
        command.Parameters.Add(new() { Value = tenant.Created.TenantId });
        (await command.ExecuteScalarAsync()).ShouldBe(12L);
    }

    private async Task<HttpResponseMessage> OpenAsync(TestTenant tenant, string? origin)
    {
        using var client = api.Node.Client();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/widget/session")
        {
            Content = JsonContent.Create(new { siteKey = tenant.Created.SiteKey }),
        };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await client.SendAsync(request);
    }
}

internal static class ProblemAssertions
{
    /// <summary>Checks a response against RFC 9457: its media type, its status, its title and its trace id.</summary>
    public static async Task ShouldBeProblemAsync(
        this HttpResponseMessage response,
        HttpStatusCode status,
        string? title = null,
        string? field = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var problem = JsonDocument.Parse(text);
        problem.RootElement.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.RootElement.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        var said = problem.RootElement.GetProperty("title").GetString().ShouldNotBeNull();
        said.ShouldNotBeEmpty();
        text.ShouldNotContain("   at ");
        if (title is not null) said.ShouldBe(title);
        if (field is not null) problem.RootElement.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(text);
    }
}
