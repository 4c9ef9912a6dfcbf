using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Widget.Api.Tavus.Tools;
using Widget.Api.Tests.Tavus;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Sends arbitrary JSON. The server accepts it or refuses it with a readable error, and never fails.</summary>
public sealed class OddRequestsShould(ApiFixture api) : IAsyncLifetime
{
    private const int Requests = 40;

    private ApiNode _node = null!;
    private VideoTenant _video = null!;
    private TestVisitor _visitor = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HttpClient Developer => _video.Tenant.Developer;

    public async ValueTask InitializeAsync()
    {
        _node = await VideoTenant.StartNodeAsync(api);
        _video = await VideoTenant.CreateAsync(api, _node);
        _visitor = await _video.Tenant.VisitAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Be_answered_in_callbacks_of_tavus()
    {
        var session = await VideoTenant.OpenAsync(_visitor);
        await VideoTenant.UntilAsync(_visitor, session.SessionId, TavusSessionState.Live);
        var callback = new Uri((await _video.CallsAsync()).Single().RequestBody.GetProperty("callback_url").GetString()!);
        using var tavus = _node.Client();

        string[] types =
        [
            "application.transcription_ready",
            "application.recording_ready",
            "application.perception_analysis",
            "system.shutdown",
            "x\\u0000",
        ];
        foreach (var type in types)
        {
            await TryAsync(
                tavus,
                HttpMethod.Post,
                callback.AbsolutePath,
                OddJson.Object(("event_type", $"\"{type}\""), ("timestamp", "\"2026-01-01T00:00:00Z\""), ("properties", "{}")));
        }

        string[] fixedOnes =
        [
            """{"event_type": "application.transcription_ready", "properties": """
                + """{"transcript": [{"role": "user", "content": "\ud800 What\u0000 is it?", "seconds_from_start": 1e400000}]}}""",
            """{"event_type": "application.recording_ready", "properties": {"s3_key": "\\u0000 \ud800", "duration": 1e400000}}""",
        ];
        foreach (var body in fixedOnes)
            (await SendAsync(tavus, HttpMethod.Post, callback.AbsolutePath, body)).StatusCode.ShouldBe(HttpStatusCode.OK, body);

        // Their content is still stored and shown.
        await Eventually.TrueAsync(
            async () => (await _visitor.EventsAsync()).OfType<Utterance>()
                .Any(line => line.Text.Contains("What is it?", StringComparison.Ordinal)),
            "the transcript is there");
        (await Developer.GetAsync("/api/tavus/sessions", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Be_answered_in_deliveries_of_tools()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        var session = await Tools.VideoSessions.OpenAsync(api, tenant, await tenant.VisitAsync());
        var secret = await _node.Service<DeliverySecrets>().EnsureAsync(new(tenant.Created.TenantId), Ct);
        var token = DeliverySecrets.Token(secret, new(tenant.Created.TenantId), "search_knowledge");
        await using var insert = api.Database.OwnerSource.CreateCommand(
            "insert into tavus_tools (tenant_id, name, account, registered_as, tavus_tool_id, digest, token_hash) values ($1, "
                + "'search_knowledge', 'test', 'search_knowledge', 't1', '', $2)");
        insert.Parameters.Add(new() { Value = tenant.Created.TenantId });
        insert.Parameters.Add(new() { Value = DeliverySecrets.HashOf(token) });
        await insert.ExecuteNonQueryAsync(Ct);
        using var tavus = _node.Client();

        await TryAsync(
            tavus,
            HttpMethod.Post,
            $"/api/tavus/tool/{token}",
            OddJson.Object(
                ("conversation_id", $"\"{session.Tavus}\""),
                ("tool_call_id", "\"call\""),
                ("arguments", """{"query": "What does it cost?"}""")),
            (request, body) => request.Headers.Add(
                "X-Tavus-Signature",
                Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))));
    }

    [Fact]
    public async Task Be_answered_in_what_pages_report()
    {
        var session = await VideoTenant.OpenAsync(_visitor);
        await VideoTenant.UntilAsync(_visitor, session.SessionId, TavusSessionState.Live);
        var line = OddJson.Object(("id", "\"1\""), ("speaker", "\"assistant\""), ("text", "\"Hello\""), ("interrupted", "false"));

        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            $"/api/tavus/session/{session.SessionId}/utterances",
            line.Select(one => $"{{\"utterances\": [{one}]}}"));
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            $"/api/tavus/session/{session.SessionId}/alive",
            OddJson.Object(("replicaJoined", "true")));
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            $"/api/tavus/session/{session.SessionId}/leave",
            OddJson.Object(("leaveToken", "\"x\"")));
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            "/api/tavus/tool",
            OddJson.Object(("name", "\"search_knowledge\""), ("arguments", """{"query": "x"}"""), ("toolCallId", "\"c\"")));
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            "/api/tavus/create-agent",
            OddJson.Object(("clientId", "\"c\""), ("page", "\"https://shop.example\""), ("locale", "\"de\"")));
    }

    [Fact]
    public async Task Be_answered_in_commands_of_other_frameworks() =>
        await TryAsync(
            Developer,
            HttpMethod.Post,
            "/api/tavus/lifecycle",
            OddJson.Object(("name", "\"end_conversation\""), ("userId", "\"u1\""), ("language", "\"de\"")));

    [Fact]
    public async Task Be_answered_by_the_openai_endpoint()
    {
        var created = await Developer.PostAsJsonAsync("/api/keys/model", new { name = "m" }, Ct);
        using var model = _node.Client((await created.Content.ReadFromJsonAsync<CreatedModelKey>(TestTenant.Json, Ct))!.Key);
        var message = OddJson.Object(("role", "\"user\""), ("content", "\"What does it cost?\""));

        await TryAsync(
            model,
            HttpMethod.Post,
            "/v1/chat/completions",
            from one in message
            from whole in OddJson.Object(
                ("model", "\"widget\""),
                ("messages", $"[{one}]"),
                ("temperature", "0.2"),
                ("max_tokens", "20"),
                ("stop", "\"x\""),
                ("tools", "[]"))
            select whole);
    }

    [Fact]
    public async Task Be_answered_in_what_pages_say_of_visitors()
    {
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            "/api/widget/identify",
            OddJson.Object(("id", "\"e1\""), ("name", "\"Ada\""), ("email", "\"ada@example.com\"")));
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            $"{_visitor.Conversation}/context",
            OddJson.Object(("context", """{"product": "Tide"}""")));
        await TryAsync(_visitor.Client, HttpMethod.Post, $"{_visitor.Conversation}/person", OddJson.Object(("clientId", "\"p\"")));
        await TryAsync(
            _visitor.Client,
            HttpMethod.Post,
            $"{_visitor.Conversation}/ratings",
            OddJson.Object(("messageId", $"\"{Guid.NewGuid()}\""), ("rating", "\"up\""), ("clientId", "\"r\"")));
        using var anybody = _node.Client();
        await TryAsync(
            anybody,
            HttpMethod.Post,
            "/api/widget/session",
            OddJson.Object(("siteKey", $"\"{_video.Tenant.Created.SiteKey}\""), ("visitorId", "null"), ("locale", "\"de\"")));
        (await _visitor.EventsAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Be_answered_in_settings_and_searches()
    {
        await TryAsync(
            Developer,
            HttpMethod.Put,
            "/api/settings",
            OddJson.Object(
                ("greeting", "\"Hi\""),
                ("tavusKBWeight", "0.5"),
                ("suggestedQuestions", "[\"Why?\"]"),
                ("tools", "[]"),
                ("tavusLayers", "{}"),
                ("tavusGuardrails", "[]"),
                ("voice", "{}")));
        await TryAsync(Developer, HttpMethod.Put, "/api/settings/origins", OddJson.Object(("origins", "[\"https://shop.example\"]")));
        await TryAsync(
            Developer,
            HttpMethod.Post,
            "/api/search",
            OddJson.Object(("query", "\"What?\""), ("limit", "3"), ("filter", """{"tags": ["a"]}"""), ("strategy", "\"parallel\"")));
        (await Developer.GetAsync("/api/settings", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task TryAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        Gen<string> bodies,
        Action<HttpRequestMessage, byte[]>? sign = null)
    {
        foreach (var body in bodies.Sample(10, Requests))
        {
            var response = await SendAsync(client, method, path, body, sign);
            var answer = await response.Content.ReadAsStringAsync(Ct);
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{method} {path} {body} {answer}");
            if (response.StatusCode == HttpStatusCode.BadRequest) JsonDocument.Parse(answer).RootElement.ToString().ShouldNotBe("{}");
        }
    }

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string body,
        Action<HttpRequestMessage, byte[]>? sign = null)
    {
        var bytes = OddJson.Bytes(body);
        var request = new HttpRequestMessage(method, path)
        {
            Content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } },
        };
        sign?.Invoke(request, bytes);
        return client.SendAsync(request, Ct);
    }
}
