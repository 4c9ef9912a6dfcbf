using System.Net;
using System.Net.Http.Json;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Contracts;

namespace Widget.Api.Tests.Boundary;

/// <summary>The configuration, not the request, decides under which hosts the server answers and which origins are its own.</summary>
public sealed class HostsShould(ApiFixture api)
{
    private const string NotOurs =
        "This server does not answer under the host of this request. "
        + "The operator configures its hosts with WIDGET_PUBLIC_URL and WIDGET_HOSTS.";

    [Fact]
    public async Task Not_trust_the_host_header_for_its_own_origins()
    {
        var tenant = await TestTenant.CreateAsync(api);

        foreach (var (host, origin) in new[]
        {
            ("evil.example", "http://evil.example"),
            ("127.0.0.1:1", "http://evil.example"),
            ($"{tenant.Created.Slug}.evil.example", $"http://{tenant.Created.Slug}.evil.example"),
        })
        {
            var response = await OpenAsync(api.Node, tenant.Created.SiteKey, host, origin);
            ((int)response.StatusCode).ShouldBeOneOf(403, 421);
            (await response.Content.ReadAsStringAsync()).ShouldNotContain("\"token\"");
        }
    }

    [Fact]
    public async Task Refuse_an_unknown_host_without_repeating_it()
    {
        var tenant = await TestTenant.CreateAsync(api);
        using var client = api.Node.Client();

        foreach (var path in new[] { $"/widget/{tenant.Created.Slug}", "/openapi/v1.json", "/api/settings", "/nowhere" })
        {
            var response = await GetAsync(client, path, "evil.example");
            await response.ShouldBeProblemAsync(HttpStatusCode.MisdirectedRequest, NotOurs);
            (await response.Content.ReadAsStringAsync()).ShouldNotContain("evil");
        }
    }

    [Fact]
    public async Task Answer_probes_under_any_address()
    {
        using var client = api.Node.Client();

        (await GetAsync(client, "/health/live", "10.1.2.3:8080")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(client, "/health/ready", "widget-5f7c9.pods.internal")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_configured_hosts()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            hostSuffix: ".chat.example.com",
            publicAddress: new Uri("https://widget.chat.example.com"),
            configure: options => options with
            {
                Installation = options.Installation with { Hosts = ["widget.internal", "10.0.0.5:8080"] },
            });
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client();

        string[] ours =
        [
            "widget.chat.example.com",
            "WIDGET.internal",
            "widget.internal:8443",
            "10.0.0.5",
            "localhost:1",
            "[::1]:1",
            $"{tenant.Created.Slug}.chat.example.com",
        ];
        foreach (var host in ours)
            (await GetAsync(client, $"/widget/{tenant.Created.Slug}", host)).StatusCode.ShouldBe(HttpStatusCode.OK, host);
        string[] others =
        [
            "chat.example.com",
            "a.b.chat.example.com",
            "widget.chat.example.com.evil.example",
            "10.0.0.6",
            "evilwidget.internal",
        ];
        foreach (var host in others)
            (await GetAsync(client, $"/widget/{tenant.Created.Slug}", host)).StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest, host);

        // The public address ends with the suffix, but is not a tenant's host.
        (await GetAsync(tenant.Developer, "/api/settings", "widget.chat.example.com")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_configured_origins_as_its_own()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            hostSuffix: ".chat.example.com",
            publicAddress: new Uri("https://widget.example.com"),
            configure: options => options with { Installation = options.Installation with { Hosts = ["widget.internal"] } });
        var tenant = await TestTenant.CreateAsync(api, node);
        var own = $"{tenant.Created.Slug}.chat.example.com";

        await OpensAsync("widget.internal:5080", "https://widget.example.com", HttpStatusCode.OK); // A proxy may send another of our hosts.
        await OpensAsync("widget.example.com", "https://widget.example.com", HttpStatusCode.OK);
        await OpensAsync(own, $"http://{own}", HttpStatusCode.OK);
        await OpensAsync("widget.internal", "http://widget.internal", HttpStatusCode.OK);
        await OpensAsync("widget.internal", "http://widget.internal:81", HttpStatusCode.Forbidden);
        await OpensAsync("widget.example.com", "https://widget.example.com.evil.example", HttpStatusCode.Forbidden);
        await OpensAsync("widget.internal", $"http://{own}", HttpStatusCode.Forbidden);

        async Task OpensAsync(string host, string origin, HttpStatusCode status) =>
            (await OpenAsync(node, tenant.Created.SiteKey, host, origin)).StatusCode.ShouldBe(status, $"{origin} at {host}");
    }

    [Fact]
    public async Task Bind_a_token_of_the_hosted_page_to_its_host()
    {
        await using var node = await ApiNode.StartAsync(api.Database, hostSuffix: ".chat.example.com");
        var tenant = await TestTenant.CreateAsync(api, node);
        var own = $"{tenant.Created.Slug}.chat.example.com";
        var opened = await OpenAsync(node, tenant.Created.SiteKey, own, $"http://{own}");
        var session = (await opened.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!;
        using var client = node.Client(session.Token);

        (await GetAsync(client, $"/api/widget/conversations/{session.ConversationId}/events", own, $"http://{own}")).StatusCode.ShouldBe(
            HttpStatusCode.OK);
        await (await GetAsync(client, $"/api/widget/conversations/{session.ConversationId}/events", own, "https://evil.example"))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "This session was opened on another website.");
    }

    [Theory]
    [InlineData("http://widget.internal")]
    [InlineData("widget.internal/path")]
    [InlineData("not a host")]
    public void Refuse_a_setting_that_is_not_a_host(string host)
    {
        var variables = new Dictionary<string, string> { ["WIDGET_DATABASE_APP"] = "Host=db", ["WIDGET_HOSTS"] = $"fine.internal, {host}" };

        Should.Throw<InvalidConfigurationException>(() => ServerOptions.Read(variables.GetValueOrDefault)).Errors.ShouldHaveSingleItem()
            .ShouldContain($"WIDGET_HOSTS contains \"{host}\"");
        variables["WIDGET_HOSTS"] = "widget.internal, 10.0.0.5:8080";
        ServerOptions.Read(variables.GetValueOrDefault).Installation.Hosts.ShouldBe(["widget.internal", "10.0.0.5:8080"]);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string host, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> OpenAsync(ApiNode node, string siteKey, string host, string origin)
    {
        using var client = node.Client();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/api/widget/session")
        { Content = JsonContent.Create(new { siteKey }) };
        request.Headers.Host = host;
        request.Headers.Add("Origin", origin);
        return await client.SendAsync(request);
    }
}
