using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using Widget.Api.Tests.Tavus;
using Widget.Contracts;

namespace Widget.Api.Tests.Boundary;

/// <summary>
/// Tries every endpoint with everything that can name a tenant: host, slug, site key, visitor's token, API key and model key
/// (docs/decisions/0006-multi-tenancy.md).
/// </summary>
public sealed class TenantBoundaryShould(ApiFixture api) : IAsyncLifetime
{
    private const string Suffix = ".chat.example.com";
    private const string Contradiction = "The credentials and the address of this request belong to different tenants.";

    private ApiNode _node = null!;
    private OtherTenant _mine = null!;
    private OtherTenant _other = null!;
    private EndpointRequests _requests = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await ApiNode.StartAsync(
            api.Database,
            fetching: api.Fetching,
            hostSuffix: Suffix,
            tavusApi: api.Simulator.TavusApi,
            video: VideoTenant.Quick,
            voice: api.Voice.OpenAI);
        (_mine, _other) = (
            await OtherTenant.CreateAsync(api, _node, "Wombatville"),
            await OtherTenant.CreateAsync(api, _node, "Quokkaburg"));
        _requests = new EndpointRequests(_node, _other);
        _client = new HttpClient(
            new HttpClientHandler { AllowAutoRedirect = false })
        { BaseAddress = _node.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _node.DisposeAsync();
    }

    private (string Name, Action<HttpRequestMessage> Add)[] Credentials =>
    [
        ("visitor's token", request => Bearer(request, _mine.Visitor.Session.Token)),
        ("API key", request => Bearer(request, _mine.Tenant.Created.ApiKey)),
        ("model key", request => Bearer(request, _mine.ModelKey)),
        ("key in X-API-Key", request => request.Headers.Add("X-API-Key", _mine.ModelKey)),
    ];

    [Fact]
    public async Task Refuse_requests_that_name_two_tenants_on_every_endpoint()
    {
        var before = await _other.StateAsync(api.Database);
        var wrong = new List<string>();
        var tried = 0;
        foreach (var target in _requests.All)
        {
            foreach (var (credential, add) in Credentials)
            {
                await RefusedAsync(target, $"{credential} at another's host", add, request => request.Headers.Host = _other.Slug + Suffix);
                if (credential == "key in X-API-Key")
                {
                    await RefusedAsync(
                        target,
                        $"{credential} beside another's API key",
                        add,
                        request => Bearer(request, _other.Tenant.Created.ApiKey));
                }
                else
                    await RefusedAsync(
                        target,
                        $"{credential} beside another's X-API-Key",
                        add,
                        request => request.Headers.Add("X-API-Key", _other.ModelKey));
                if (target.IsHub)
                {
                    await RefusedAsync(
                        target,
                        $"{credential} beside another's token in the query",
                        add,
                        request => Query(request, _other.Visitor.Session.Token));
                }

                if (target.HasSlug) await RefusedAsync(target, $"{credential} with another's slug", add);
                if (target.Path == "/api/widget/session") await RefusedAsync(target, $"{credential} with another's site key", add);
            }

            if (target.IsHub)
            {
                await RefusedAsync(
                    target,
                    "token in the query at another's host",
                    request => Query(request, _mine.Visitor.Session.Token),
                    request => request.Headers.Host = _other.Slug + Suffix);
            }

            if (target.HasSlug || target.Path == "/api/widget/session")
            {
                await RefusedAsync(
                    target,
                    "my host with another's slug or site key",
                    request => request.Headers.Host = _mine.Slug + Suffix);
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        tried.ShouldBeGreaterThan(500);
        (await _other.StateAsync(api.Database)).ShouldBe(before);

        async Task RefusedAsync(EndpointRequests.Target target, string how, params Action<HttpRequestMessage>[] changes)
        {
            tried++;
            using var request = _requests.Make(target);
            foreach (var add in changes) add(request);
            var (status, text) = await SendAsync(request);
            if (text.Contains(_other.Marker, StringComparison.Ordinal)) wrong.Add($"{target}, {how}: shows the other's");
            if (status != HttpStatusCode.Forbidden || (target.Method != "HEAD" && !text.Contains(Contradiction, StringComparison.Ordinal)))
                wrong.Add($"{target}, {how}: {(int)status} {text[..Math.Min(text.Length, 120)]}");
        }
    }

    [Fact]
    public async Task Neither_show_nor_change_another_tenants_data_on_any_endpoint()
    {
        var before = await _other.StateAsync(api.Database);
        var wrong = new List<string>();
        foreach (var target in _requests.All.Where(target => !target.HasSlug && target.Path != "/api/widget/session"))
        {
            foreach (var (credential, add) in Credentials)
            {
                using var request = _requests.Make(target);
                add(request);
                var (status, text) = await SendAsync(request);
                if (text.Contains(_other.Marker, StringComparison.Ordinal)) wrong.Add($"{target}, {credential}: shows the other's: {text}");
                // Without a built widget there is no loader.
                if ((int)status >= 500 && status != HttpStatusCode.BadGateway && target.Path != "/widget.js")
                    wrong.Add($"{target}, {credential}: {(int)status} {text}");
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
        (await _other.StateAsync(api.Database)).ShouldBe(before);
    }

    [Fact]
    public async Task Refuse_a_tool_call_at_another_tenants_host()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tavus/tool")
        {
            Content = System.Net.Http.Json.JsonContent.Create(
                new { name = "search_knowledge", arguments = new { query = OtherTenant.Question } }),
        };
        var stranger = await TestTenant.WithKnowledgeAsync(api, _node);
        Bearer(request, (await stranger.VisitAsync()).Session.Token);
        request.Headers.Host = _other.Slug + Suffix;

        var response = await _client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).ShouldNotContain(_other.Marker);
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, Contradiction);
    }

    [Fact]
    public async Task Accept_a_tenants_credentials_at_its_own_host()
    {
        foreach (var (path, token) in new[]
        {
            ("/api/settings", _mine.Tenant.Created.ApiKey),
            ($"{_mine.Visitor.Conversation}/events", _mine.Visitor.Session.Token),
            ("/v1/models", _mine.ModelKey),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            Bearer(request, token);
            request.Headers.Host = _mine.Slug.ToUpperInvariant() + Suffix;
            (await _client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task Restrict_the_hubs_to_the_tokens_tenant()
    {
        var ct = TestContext.Current.CancellationToken;
        await Should.ThrowAsync<WebSocketException>(
            () => ConnectAsync("/hubs/conversation", _mine.Visitor.Session.Token, null, _other.Slug + Suffix));
        await Should.ThrowAsync<WebSocketException>(
            () => ConnectAsync("/hubs/conversation", _mine.Visitor.Session.Token, _other.Visitor.Session.Token, null));
        await Should.ThrowAsync<WebSocketException>(
            () => ConnectAsync("/hubs/conversation", _other.Visitor.Session.Token, _other.Tenant.Created.ApiKey, _mine.Slug + Suffix));
        await Should.ThrowAsync<WebSocketException>(
            () => ConnectAsync("/hubs/tavus", null, _mine.Tenant.Created.ApiKey, _other.Slug + Suffix));
        await ConnectAsync("/hubs/conversation", _mine.Visitor.Session.Token, _mine.Visitor.Session.Token, _mine.Slug + Suffix);
        await ConnectAsync("/hubs/tavus", null, _mine.Tenant.Created.ApiKey, _mine.Slug + Suffix);

        await using var hub = await HubClient.ConnectAsync(_node, _mine.Visitor.Session.Token);
        await hub.StreamAsync("w", "Watch", _other.Conversation, 0);
        (await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<ConversationUpdate>("w").CountAsync(ct)))
            .Message.ShouldContain("There is no such conversation.");

        async Task ConnectAsync(string path, string? query, string? header, string? host)
        {
            using var socket = new ClientWebSocket();
            if (header is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {header}");
            if (host is not null) socket.Options.SetRequestHeader("Host", host);
            var address = new UriBuilder(_node.Address)
            {
                Scheme = "ws",
                Path = path,
                Query = query is null ? "" : $"access_token={Uri.EscapeDataString(query)}",
            }.Uri;
            await socket.ConnectAsync(address, ct);
        }
    }

    private static void Bearer(HttpRequestMessage request, string token) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

    private static void Query(HttpRequestMessage request, string token) =>
        request.RequestUri = new Uri($"{request.RequestUri}?access_token={Uri.EscapeDataString(token)}", UriKind.Relative);

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream") return (response.StatusCode, "");
        var text = await response.Content.ReadAsStringAsync();
        return (
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true && text.Length > 0
                ? JsonSerializer.Deserialize<JsonElement>(text).ToString()
                : text);
    }
}
