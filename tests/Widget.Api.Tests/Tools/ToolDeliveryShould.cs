using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Api.Tavus.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests.Tools;

/// <summary>Tool calls that Tavus delivers to our server over HTTP: signed, and with a token in the URL.</summary>
public sealed class ToolDeliveryShould(ApiFixture api) : IAsyncLifetime
{
    private readonly TestTool _booking = TestTool.Booking();
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;
    private TestVisitor _visitor = null!;
    private HttpClient _tavus = null!;
    private string _secret = null!;
    private (Guid Id, string Tavus) _session;

    public async ValueTask InitializeAsync()
    {
        _node = await ApiNode.StartAsync(api.Database, services: _booking.Register);
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        (await _tenant.Developer.PutAsync(
            "/api/settings",
            new StringContent("""{"tools": ["search_knowledge", "book_ride"]}""", null, "application/json"))).EnsureSuccessStatusCode();
        _visitor = await _tenant.VisitAsync();
        _session = await VideoSessions.OpenAsync(api, _tenant, _visitor);
        _secret = await _node.Service<DeliverySecrets>().EnsureAsync(Tenant(_tenant), CancellationToken.None);
        await RegisterAsync(_tenant, _secret, "search_knowledge");
        await RegisterAsync(_tenant, _secret, "book_ride");
        _tavus = _node.Client();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Answer_with_the_tools_result_and_show_it_in_the_conversation()
    {
        var response = await DeliverAsync("search_knowledge", new
        {
            conversation_id = _session.Tavus,
            tool_call_id = "call_1",
            arguments = """{"query": "What does delivery to Denmark cost?"}""",
        });

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var result = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        result.GetProperty("found").GetBoolean().ShouldBeTrue();
        result.GetProperty("passages")[0].GetProperty("text").GetString()!.ShouldContain("89 euros");
        (await _visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<KnowledgeShown>();
    }

    [Fact]
    public async Task Run_a_replayed_call_once()
    {
        var call = new { conversation_id = _session.Tavus, arguments = new { bike = "Tide" } };

        var first = await DeliverAsync("book_ride", call);
        var replayed = await DeliverAsync("book_ride", call);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        replayed.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement.DeepEquals(await JsonAsync(replayed), await JsonAsync(first)).ShouldBeTrue();
        _booking.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Tell_calls_apart_by_their_ids()
    {
        object Call(string id, string bike) => new { conversation_id = _session.Tavus, tool_call_id = id, arguments = new { bike } };

        (await DeliverAsync("book_ride", Call("a", "Tide"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync("book_ride", Call("b", "Tide"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync("book_ride", Call("a", "Shore"))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        _booking.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Accept_only_calls_signed_with_the_tenants_secret()
    {
        var call = new { conversation_id = _session.Tavus, arguments = new { bike = "Tide" } };
        var body = JsonSerializer.SerializeToUtf8Bytes(call);
        var other = await TestTenant.CreateAsync(api, _node);
        var others = await _node.Service<DeliverySecrets>().EnsureAsync(Tenant(other), CancellationToken.None);

        (await SendAsync("book_ride", body, signature: null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync("book_ride", body, "no hex at all")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync("book_ride", body, Sign(body, others))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync("book_ride", [.. body, (byte)' '], Sign(body, _secret))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync("book_ride", body, "sha256=" + Sign(body, _secret).ToUpperInvariant())).StatusCode.ShouldBe(HttpStatusCode.OK);
        _booking.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Accept_calls_only_during_an_open_conversation_of_the_tenant()
    {
        var other = await TestTenant.CreateAsync(api, _node);
        var foreign = await VideoSessions.OpenAsync(api, other, await other.VisitAsync());

        (await DeliverAsync("book_ride", new { conversation_id = foreign.Tavus, arguments = new { bike = "Tide" } })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        await VideoSessions.EndAsync(api, _session.Id);
        (await DeliverAsync("book_ride", new { conversation_id = _session.Tavus, arguments = new { bike = "Tide" } })).StatusCode
            .ShouldBe(HttpStatusCode.Conflict);
        _booking.Runs.ShouldBe(0);
    }

    [Fact]
    public async Task Explain_an_invalid_body()
    {
        (string Body, HttpStatusCode Status)[] wrong =
        [
            ("no json", HttpStatusCode.BadRequest),
            ("[]", HttpStatusCode.BadRequest),
            ("""{"arguments": {"bike": "Tide"}}""", HttpStatusCode.BadRequest),
            ("""{"conversation_id": "\ud800", "arguments": {}}""", HttpStatusCode.BadRequest),
            ("""{"conversation_id": "CONVERSATION", "arguments": {"bike": 5}}""", HttpStatusCode.UnprocessableEntity),
            ("""{"conversation_id": "CONVERSATION", "arguments": "{broken"}""", HttpStatusCode.UnprocessableEntity),
        ];
        foreach (var (text, status) in wrong)
        {
            var body = Encoding.UTF8.GetBytes(text.Replace("CONVERSATION", _session.Tavus, StringComparison.Ordinal));

            var response = await SendAsync("book_ride", body, Sign(body, _secret));

            response.StatusCode.ShouldBe(status, text);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        _booking.Runs.ShouldBe(0);
    }

    [Fact]
    public async Task Refuse_large_bodies_and_unknown_addresses()
    {
        var body = new byte[65 * 1024];
        Array.Fill(body, (byte)' ');

        (await SendAsync("book_ride", body, Sign(body, _secret))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await _tavus.PostAsync("/api/tavus/tool/unknown", new ByteArrayContent([]))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stop_when_the_tool_is_switched_off()
    {
        (await _tenant.Developer.PutAsync("/api/settings", new StringContent("""{"tools": []}""", null, "application/json")))
            .EnsureSuccessStatusCode();

        (await DeliverAsync("book_ride", new { conversation_id = _session.Tavus, arguments = new { bike = "Tide" } })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        _booking.Runs.ShouldBe(0);
    }

    private Task<HttpResponseMessage> DeliverAsync(string tool, object call)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(call);
        return SendAsync(tool, body, Sign(body, _secret));
    }

    private async Task<HttpResponseMessage> SendAsync(string tool, byte[] body, string? signature)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"/api/tavus/tool/{DeliverySecrets.Token(_secret, Tenant(_tenant), tool)}")
        { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        if (signature is not null) request.Headers.Add("X-Tavus-Signature", signature);
        return await _tavus.SendAsync(request);
    }

    private static string Sign(byte[] body, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    private static TenantId Tenant(TestTenant tenant) => new(tenant.Created.TenantId);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    private async Task RegisterAsync(TestTenant tenant, string secret, string tool)
    {
        await using var insert = api.Database.OwnerSource.CreateCommand(
            "insert into tavus_tools (tenant_id, name, account, registered_as, tavus_tool_id, digest, token_hash) "
                + "values ($1, $2, 'test', $2, 't1', '', $3)");
        object[] values = [tenant.Created.TenantId, tool, DeliverySecrets.HashOf(DeliverySecrets.Token(secret, Tenant(tenant), tool))];
        foreach (var value in values)
            insert.Parameters.Add(new() { Value = value });
        await insert.ExecuteNonQueryAsync();
    }
}
