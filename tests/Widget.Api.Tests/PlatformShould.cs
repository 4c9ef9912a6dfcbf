using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

public sealed class PlatformShould(ApiFixture api)
{
    [Fact]
    public async Task Report_liveness_and_readiness()
    {
        using var client = api.Node.Client();

        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var ready = await client.GetFromJsonAsync<JsonElement>("/health/ready");

        ready.GetProperty("status").GetString().ShouldBe("healthy");
        ready.GetProperty("checks")
            .EnumerateArray()
            .Select(check => check.GetProperty("name").GetString())
            .ShouldBe(["database", "chat model", "programs", "mail"]);
        ready.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("status").GetString())
            .ShouldBe(["healthy", "not configured", "healthy", "not configured"]);
        ready.ToString().ShouldContain("No language model is configured");
    }

    [Fact]
    public async Task Not_be_ready_with_a_role_that_bypasses_row_level_security()
    {
        var health = new DatabaseHealth(
            api.Database.OwnerSource,
            new ServerOptions { Database = api.Database.Owner, Chat = new(), Fetching = new() });

        var result = await health.CheckHealthAsync(new());

        result.Status.ShouldBe(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);
        result.Description.ShouldNotBeNull().ShouldContain("row-level security does not apply");
        (await DatabaseHealth.RoleProblemAsync(api.Database.ApplicationSource, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Not_be_ready_as_a_member_of_the_tables_owner()
    {
        // A separate database, because its tables get another owner, and the application becomes a member of that role.
        await using var database = await TestDatabase.CreateAsync();
        var owner = $"{new Npgsql.NpgsqlConnectionStringBuilder(database.Application).Username}_o";
        await using (var spoil = database.OwnerSource.CreateCommand(
            $"create role {owner}; alter table tenants owner to {owner}; grant {owner} to {owner[..^2]}"))
            await spoil.ExecuteNonQueryAsync();
        try
        {
            (await DatabaseHealth.RoleProblemAsync(database.ApplicationSource, default)).ShouldNotBeNull()
                .ShouldContain("row-level security does not apply");
        }
        finally
        {
            await using var mend = database.OwnerSource.CreateCommand($"reassign owned by {owner} to current_user; drop role {owner}");
            await mend.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Describe_every_endpoint()
    {
        using var client = api.Node.Client();

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var paths = document.GetProperty("paths").EnumerateObject().SelectMany(
            path => path.Value.EnumerateObject().Select(operation => (path.Name, operation)))
            .ToList();
        paths.Count.ShouldBeGreaterThan(15);
        paths.ShouldAllBe(entry => entry.operation.Value.GetProperty("summary").GetString()!.Length > 5);
        document.GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("TenantSettings")
            .GetProperty("properties")
            .TryGetProperty("tavusKBWeight", out _)
            .ShouldBeTrue();
        (await client.GetStringAsync("/reference/index.html")).ShouldContain("Widget API");

        // Every property has a description.
        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            if (!schema.Value.TryGetProperty("properties", out var properties)) continue;
            foreach (var property in properties.EnumerateObject())
            {
                string[] says = ["type", "$ref", "oneOf", "anyOf", "enum", "const"];
                says.Any(word => property.Value.TryGetProperty(word, out _))
                    .ShouldBeTrue($"{schema.Name}.{property.Name}: {property.Value}");
                if (property.Value.TryGetProperty("type", out var type) && type.ToString().Contains("array"))
                    property.Value.TryGetProperty("items", out _).ShouldBeTrue($"{schema.Name}.{property.Name} has no items");
                if (type.ValueKind == JsonValueKind.Array)
                    type.EnumerateArray().Count(entry => entry.GetString() != "null").ShouldBe(1, $"{schema.Name}.{property.Name}");
            }
        }

        document.GetRawText().ShouldNotContain("SseItem");
        document.GetProperty("paths")
            .GetProperty("/api/widget/conversations/{id}/messages")
            .GetProperty("post")
            .GetProperty("responses")
            .GetProperty("200")
            .GetProperty("content")
            .EnumerateObject()
            .Select(content => content.Name).ShouldBe(["application/json", "text/event-stream"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("/nowhere", HttpStatusCode.NotFound, "There is nothing at this address.")]
    [InlineData("/api/widget/session", HttpStatusCode.MethodNotAllowed, "This address does not support that method.")]
    public async Task Answer_with_a_readable_title_for_unknown_addresses_and_methods(string path, HttpStatusCode status, string words)
    {
        using var client = api.Node.Client();
        await (await client.GetAsync(path)).ShouldBeProblemAsync(status, words);
    }

    [Fact]
    public async Task Serve_the_hosted_page_with_a_strict_content_security_policy()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var client = api.Node.Client();

        var response = await client.GetAsync($"/widget/{tenant.Created.Slug}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        (await response.Content.ReadAsStringAsync()).ShouldContain($"data-site-key=\"{tenant.Created.SiteKey}\"");

        var missing = await client.GetAsync("/widget/nobody-here");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await missing.Content.ReadAsStringAsync()).ShouldContain("No company uses this address");
    }

    [Fact]
    public async Task Serve_a_tenants_page_on_the_tenants_host()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await using var node = await ApiNode.StartAsync(api.Database, hostSuffix: ".chat.example.com");
        using var client = node.Client();
        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = $"{tenant.Created.Slug}.chat.example.com";

        (await (await client.SendAsync(request)).Content.ReadAsStringAsync()).ShouldContain(tenant.Created.SiteKey);
    }

    [Fact]
    public async Task Log_neither_messages_nor_secrets()
    {
        await using var node = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.CreateAsync(api, node);
        await tenant.ImportAsync(new { id = "a", title = "Xylophone", text = "The xylophone of the marmalade factory is blue." });
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("What colour has the xylophone of the marmalade factory?");
        await using (var hub = await HubClient.ConnectAsync(node, visitor.Session.Token))
            await hub.StreamAsync("w", "Watch", Guid.NewGuid(), 0);
        await visitor.SendAsync("xylophone", origin: "https://evil.example");
        using (var stranger = node.Client("sk_marmalade")) await stranger.GetAsync("/api/settings");
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { failNext = 10, failStatus = 400 });
        await using var withModel = await ApiNode.StartAsync(api.Database, simulator.Chat);
        (await (await tenant.VisitAsync(withModel)).AskAsync("What colour has the xylophone of the marmalade factory?")).Outcome.ShouldBe(
            AnswerOutcome.Quoted);
        using (var client = withModel.Client())
            (await client.GetStringAsync("/health/ready")).ShouldContain("The language model failed at the last answer (status 400)");

        // The import may have been the shared node's work.
        var log = string.Join('\n', node.Log.Lines.Concat(withModel.Log.Lines).Concat(api.Node.Log.Lines));

        log.ShouldContain("Ingestion job");
        log.ShouldContain("The language model failed");
        string[] secrets =
        [
            "xylophone",
            "Xylophone",
            "marmalade",
            tenant.Created.ApiKey,
            visitor.Session.Token,
            visitor.Session.Token[^40..],
        ];
        foreach (var secret in secrets)
            log.ShouldNotContain(secret);
    }

    [Fact]
    public async Task Not_reveal_internal_errors()
    {
        await using var broken = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.CreateAsync(api, broken);
        await using (var command = api.Database.OwnerSource.CreateCommand(
            "insert into tenant_settings (tenant_id, settings) values ($1, '{\"searchStrategy\": 77}')"))
        {
            command.Parameters.Add(new() { Value = tenant.Created.TenantId });
            await command.ExecuteNonQueryAsync();
        }

        await (await tenant.Developer.GetAsync("/api/settings")).ShouldBeProblemAsync(
            HttpStatusCode.InternalServerError,
            "Something went wrong on our side. It has been logged under the trace id.");
    }

    [Fact]
    public void Report_all_configuration_errors_at_once()
    {
        var variables = new Dictionary<string, string>
        {
            ["WIDGET_CHAT_ENDPOINT"] = "api.openai.com",
            ["WIDGET_FETCH_ALLOW"] = "localhost, demo:5081",
            ["WIDGET_TAVUS_SEARCH_PATH"] = "/search",
            ["WIDGET_PUBLIC_URL"] = "widget",
            ["WIDGET_RERANK_ENDPOINT"] = "rerank",
            ["WIDGET_RERANK_KEY"] = "k",
            ["WIDGET_HOST_SUFFIX"] = "chat.example.com",
            ["WIDGET_EMBED"] = "/no/such/folder",
        };

        var refusal = Should.Throw<InvalidConfigurationException>(() => ServerOptions.Read(variables.GetValueOrDefault));

        string[] named =
        [
            "WIDGET_TAVUS_SEARCH_PATH is \"/search\"",
            "WIDGET_PUBLIC_URL is \"widget\"",
            "WIDGET_RERANK_ENDPOINT is \"rerank\"",
            "WIDGET_DATABASE_APP",
            "WIDGET_CHAT_ENDPOINT",
            "WIDGET_FETCH_ALLOW contains \"localhost\"",
            "WIDGET_HOST_SUFFIX",
            "WIDGET_EMBED",
        ];
        refusal.Errors.Count.ShouldBe(named.Length);
        foreach (var name in named) refusal.Message.ShouldContain(name);
    }

    [Fact]
    public void Read_a_valid_configuration()
    {
        var variables = new Dictionary<string, string>
        {
            ["WIDGET_DATABASE_APP"] = "Host=db",
            ["WIDGET_CHAT_ENDPOINT"] = "http://localhost:11434/v1",
            ["WIDGET_CHAT_MODEL"] = "llama",
            ["WIDGET_FETCH_ALLOW"] = "localhost:5081",
            ["WIDGET_HOST_SUFFIX"] = ".chat.example.com",
            ["WIDGET_TAVUS_ENDPOINT"] = "https://gateway.example/tavus",
            ["WIDGET_TAVUS_SEARCH_PATH"] = "/v1/replicas/{replicaId}/knowledge/search",
            ["WIDGET_TAVUS_KEY"] = "k",
            ["WIDGET_RERANK_ENDPOINT"] = "https://api.cohere.com/v2",
            ["WIDGET_RERANK_MODEL"] = "rerank",
        };

        var options = ServerOptions.Read(variables.GetValueOrDefault);

        (options.Chat.Endpoint, options.Chat.Model, options.Chat.Key).ShouldBe((new Uri("http://localhost:11434/v1"), "llama", null));
        options.Fetching.AllowedPrivateHosts.ShouldBe(["localhost:5081"]);
        options.Tavus.SearchAddress("r1").ShouldBe(new Uri("https://gateway.example/tavus/v1/replicas/r1/knowledge/search"));
        (options.Rerank.Model, options.Rerank.Key).ShouldBe(("rerank", null));
        Should.Throw<InvalidConfigurationException>(
            () => ServerOptions.Read(
                name => name == "WIDGET_CHAT_KEY"
                    ? "k"
                    : variables.GetValueOrDefault(name) is { } value && !name.Contains("CHAT") ? value : null))
            .Message.ShouldContain("WIDGET_CHAT_ENDPOINT");
    }
}
