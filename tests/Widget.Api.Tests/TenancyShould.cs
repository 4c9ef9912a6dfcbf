using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Widget.Api.Operations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests;

public sealed class TenancyShould(ApiFixture api)
{
    [Fact]
    public async Task Return_defaults_for_settings_that_were_never_saved()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var settings = await tenant.Developer.GetStringAsync("/api/settings");

        settings.ShouldContain("\"useTavusVideo\":false");
        settings.ShouldContain("\"useTavusKB\":false");
        settings.ShouldContain("\"tavusReplicaId\":null");
        settings.ShouldContain("\"tavusPersonaId\":null");
        settings.ShouldContain("\"searchStrategy\":\"parallel\"");
        settings.ShouldContain("\"tavusKBWeight\":0.5");
    }

    [Fact]
    public async Task Keep_settings_of_tenants_separate()
    {
        var (a, b) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));

        (await a.Developer.PutAsJsonAsync(
            "/api/settings",
            new
            {
                useTavusVideo = true,
                tavusReplicaId = "r1",
                searchStrategy = "smart",
                tavusKBWeight = 0.2,
                suggestedQuestions = new[] { "Why?" },
            })).StatusCode
            .ShouldBe(HttpStatusCode.OK);

        var saved = (await a.Developer.GetFromJsonAsync<TenantSettings>("/api/settings"))!;
        (saved.UseTavusVideo, saved.TavusReplicaId, saved.SearchStrategy, saved.TavusKBWeight)
            .ShouldBe((true, "r1", SearchStrategyName.Smart, 0.2));
        (await b.Developer.GetFromJsonAsync<TenantSettings>("/api/settings"))!.UseTavusVideo.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"tavusKBWeight": 1.01}""", "tavusKBWeight", "tavusKBWeight must be between 0 and 1.")]
    [InlineData("""{"tavusKBWeight": -0.1}""", "tavusKBWeight", "tavusKBWeight must be between 0 and 1.")]
    [InlineData("""{"useTavusVideo": true}""", "tavusReplicaId", "tavusReplicaId is required when useTavusVideo is on.")]
    [InlineData(
        """{"useTavusVideo": true, "tavusReplicaId": " "}""",
        "tavusReplicaId",
        "tavusReplicaId is required when useTavusVideo is on.")]
    [InlineData("""{"theme": {"color": "red"}}""", "theme.color", "color must be written as #rrggbb.")]
    [InlineData(
        """{"tavusLayers": {"conversationalFlow": {"turnTakingPatience": "endless"}}}""",
        "tavusLayers.conversationalFlow.turnTakingPatience",
        "turnTakingPatience must be low, medium or high.")]
    [InlineData(
        """{"tavusLayers": {"perception": {"visualAwarenessQueries": [""]}}}""",
        "tavusLayers.perception",
        "A question of the perception layer must have 1 to 1,000 characters.")]
    [InlineData("""{"tavusLayers": {"tts": null}}""", "tavusLayers.tts", null)]
    [InlineData("""{"tavusGuardrails": [null]}""", "tavusGuardrails", "tavusGuardrails must not contain null.")]
    [InlineData("""{"agentName": ""}""", "agentName", null)]
    [InlineData("""{"locale": "xx"}""", "locale", "locale must be auto, en, de, es or ar.")]
    [InlineData(
        """{"suggestedQuestions": ["1","2","3","4","5","6","7"]}""",
        "suggestedQuestions",
        "There can be at most six suggested questions.")]
    [InlineData("""{"suggestedQuestions": null}""", "suggestedQuestions", null)]
    [InlineData("""{"suggestedQuestions": [null]}""", "suggestedQuestions", "suggestedQuestions must not contain null.")]
    [InlineData("""{"theme": null}""", "theme", null)]
    [InlineData("""{"suggestedQuestions": [""]}""", "suggestedQuestions", "A suggested question must have 1 to 200 characters.")]
    [InlineData("""{"contactUrl": "javascript:alert(1)"}""", "contactUrl", "contactUrl must be a web address or a mailto address.")]
    [InlineData("""{"searchStrategy": "best"}""", "searchStrategy", "searchStrategy must be one of parallel, smart, fallback.")]
    [InlineData("""{"searchStrategy": 1}""", null, "searchStrategy must be one of parallel, smart, fallback.")]
    [InlineData("""{"theme": {"position": "top"}}""", null, "theme.position must be one of right, left.")]
    [InlineData("""{"serchStrategy": "smart"}""", "serchStrategy", "serchStrategy is not a field of this request.")]
    [InlineData("[]", null, "The request must be a JSON object.")]
    [InlineData("", null, "The request has no body. Send a JSON object.")]
    [InlineData("""{"tavusKBWeight": "a lot"}""", null, "tavusKBWeight must be a number.")]
    [InlineData("nonsense", null, "The request is not valid JSON.")]
    [InlineData("""{"agentName":""", null, "The request is not valid JSON.")]
    [InlineData("""{"agentName": "Jo", "theme": {"color": #123456}}""", null, "The request is not valid JSON.")]
    public async Task Refuse_invalid_settings_and_keep_the_old_ones(string request, string? field, string? words)
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.Developer.PutAsJsonAsync("/api/settings", new { agentName = "Jette" });

        var response = await tenant.Developer.PutAsync("/api/settings", new StringContent(request, null, "application/json"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, words, field);
        (await tenant.Developer.GetFromJsonAsync<TenantSettings>("/api/settings"))!.AgentName.ShouldBe("Jette");
    }

    [Fact]
    public async Task Normalize_origins_and_refuse_invalid_ones()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var saved = await tenant.Developer.PutAsJsonAsync(
            "/api/settings/origins",
            new
            {
                origins = new[]
                {
                    "https://WWW.Example.com:443/",
                    "http://localhost:3000",
                    "http://localhost:3000",
                    "https://bücher.example",
                    "http://[::1]:8080",
                },
            });
        (await saved.Content.ReadFromJsonAsync<AllowedOrigins>())!.Origins.ShouldBe(
            ["http://[::1]:8080", "http://localhost:3000", "https://www.example.com", "https://xn--bcher-kva.example"],
            ignoreOrder: true);

        foreach (var bad in new[] { null, "example.com", "https://example.com/path", "*", "ftp://example.com", "https://user@example.com" })
        {
            await (await tenant.Developer.PutAsJsonAsync("/api/settings/origins", new { origins = new[] { bad } })).ShouldBeProblemAsync(
                HttpStatusCode.BadRequest,
                field: "origins");
        }

        (await tenant.Developer.GetFromJsonAsync<AllowedOrigins>("/api/settings/origins"))!.Origins.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Accept_concurrent_changes_of_origins_and_keys()
    {
        var tenant = await TestTenant.CreateAsync(api);

        var origins = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => tenant.Developer.PutAsJsonAsync(
                "/api/settings/origins",
                new { origins = new[] { "https://shop.example", $"https://shop{i % 3}.example" } })));
        origins.ShouldAllBe(saved => saved.StatusCode == HttpStatusCode.OK);
        (await tenant.Developer.GetFromJsonAsync<AllowedOrigins>("/api/settings/origins"))!.Origins.Count.ShouldBe(2);

        var (secrets, id) = (api.Node.Service<TenantSecrets>(), new TenantId(tenant.Created.TenantId));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => secrets.SaveAsync(id, "some_key", $"secret-{i}", CancellationToken.None)));
        (await secrets.ReadAsync(id, "some_key", CancellationToken.None))!.ShouldStartWith("secret-");
    }

    [Fact]
    public async Task Ignore_settings_that_a_newer_version_has_saved()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await using (var command = api.Database.OwnerSource.CreateCommand(
            "insert into tenant_settings (tenant_id, settings) values "
                + "($1, '{\"agentName\": \"Jette\", \"telepathy\": true, \"theme\": {\"glow\": 3, \"color\": \"#112233\"}}')"))
        {
            command.Parameters.Add(new() { Value = tenant.Created.TenantId });
            await command.ExecuteNonQueryAsync();
        }

        var config = (await tenant.VisitAsync()).Session.Config;

        (config.AgentName, config.Theme.Color).ShouldBe(("Jette", "#112233"));
    }

    [Fact]
    public async Task Require_an_api_key_that_is_not_revoked()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var administration = new TenantAdministration(api.Database.OwnerSource);
        var second = await administration.AddApiKeyAsync(tenant.Created.Slug, "import", CancellationToken.None);

        (await StatusAsync(second)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync("sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(tenant.Created.SiteKey)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync((await tenant.VisitAsync()).Session.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        await administration.RevokeAsync(tenant.Created.Slug, second, CancellationToken.None);
        (await StatusAsync(second)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(tenant.Created.ApiKey)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> StatusAsync(string? key)
        {
            using var client = api.Node.Client(key);
            return (await client.GetAsync("/api/settings")).StatusCode;
        }
    }

    [Fact]
    public async Task Store_only_hashes_of_api_keys()
    {
        var tenant = await TestTenant.CreateAsync(api);

        await using var command = api.Database.OwnerSource.CreateCommand(
            "select row_to_json(k)::text from api_keys k where tenant_id = $1");
        command.Parameters.Add(new() { Value = tenant.Created.TenantId });
        ((string)(await command.ExecuteScalarAsync())!).ShouldNotContain(tenant.Created.ApiKey[9..]);
    }

    [Fact]
    public async Task Be_resolved_by_each_of_its_identifiers()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var store = api.Node.Service<IMultiTenantStore>();
        var resolver = api.Node.Service<ITenantResolver>();
        HttpContext Request(Action<HttpContext> set)
        {
            var http = new DefaultHttpContext();
            set(http);
            return http;
        }

        (await NameAsync(new SessionRequest { SiteKey = tenant.Created.SiteKey })).ShouldBe(nameof(SiteKeyStrategy));
        (await NameAsync(Request(http => http.Request.Headers.Authorization = $"Bearer {tenant.Created.ApiKey}")))
            .ShouldBe(nameof(ApiKeyStrategy));
        (await NameAsync(Request(http => http.Request.RouteValues["slug"] = tenant.Created.Slug))).ShouldBe(nameof(RouteSlugStrategy));
        var token = (await tenant.VisitAsync()).Session.Token;
        (await NameAsync(Request(http => http.Request.Headers.Authorization = $"Bearer {token}"))).ShouldBe("SessionTokenStrategy");
        (await resolver.ResolveAsync(Request(_ => { }), CancellationToken.None)).ShouldBe(MultiTenantContext.None);
        (await store.GetByIdentifierAsync("no-such-slug", CancellationToken.None)).ShouldBeNull();

        async Task<string?> NameAsync(object context)
        {
            var resolved = await resolver.ResolveAsync(context, CancellationToken.None);
            resolved.TenantInfo!.TenantId.Value.ShouldBe(tenant.Created.TenantId);
            return resolved.Strategy!.GetType().Name;
        }
    }

    [Theory]
    [InlineData("acme.chat.example.com", "acme")]
    [InlineData("ACME.Chat.Example.com", "acme")]
    [InlineData("a.b.chat.example.com", null)]
    [InlineData("chat.example.com", null)]
    [InlineData("acme.other.example", null)]
    public async Task Be_resolved_by_its_host(string host, string? slug)
    {
        var http = new DefaultHttpContext();
        http.Request.Host = new HostString(host);

        (await new HostStrategy(".chat.example.com").GetIdentifierAsync(http)).ShouldBe(slug);
        (await new HostStrategy(null).GetIdentifierAsync(http)).ShouldBeNull();
    }
}
