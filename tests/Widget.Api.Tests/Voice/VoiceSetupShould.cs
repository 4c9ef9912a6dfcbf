using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Voice;

/// <summary>What voice needs before a call: settings, keys, models and budgets, and how calls are refused.</summary>
public sealed class VoiceSetupShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        await api.Voice.ResetAsync();
        _node = await ApiNode.StartAsync(api.Database, voice: api.Voice.OpenAI);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Offer_voice_to_visitors_whose_browser_supports_it()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        (await tenant.VisitAsync()).Session.Config.Modes.ShouldNotContain("voice");
        (await StateAsync(tenant)).Words.ShouldContain("voice.enabled");

        await VoiceTenant.SetAsync(tenant, new { enabled = true });
        (await tenant.VisitAsync()).Session.Config.Modes.ShouldContain("voice");
        (await StateAsync(tenant)).Available.ShouldBeTrue();
        using var client = _node.Client();
        var deaf = await client.PostAsJsonAsync(
            "/api/widget/session",
            new { siteKey = tenant.Created.SiteKey, abilities = new[] { "audio", "webrtc" } });
        (await deaf.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!.Config.Modes.ShouldNotContain("voice");

        await VoiceTenant.SetAsync(tenant, new { enabled = true, monthlyMinutes = 0 });
        (await tenant.VisitAsync()).Session.Config.Modes.ShouldNotContain("voice");
        (await StateAsync(tenant)).Words.ShouldContain("used up");
    }

    [Fact]
    public async Task Explain_why_a_call_is_refused()
    {
        var tenant = await TestTenant.CreateAsync(api, _node);
        var visitor = await tenant.VisitAsync();
        await RefusedAsync(visitor, HttpStatusCode.Conflict, "voice_not_enabled");

        await VoiceTenant.SetAsync(tenant, new { enabled = true, monthlyMinutes = 0 });
        await RefusedAsync(visitor, HttpStatusCode.PaymentRequired, "out_of_budget");

        await VoiceTenant.SetAsync(tenant, new { enabled = true });
        await api.Voice.KeysAsync(new { revoked = new[] { "sk-test" } });
        await RefusedAsync(visitor, HttpStatusCode.BadGateway, "bad_key");
        await api.Voice.KeysAsync(new { outOfQuota = new[] { "sk-test" }, revoked = Array.Empty<string>() });
        await RefusedAsync(visitor, HttpStatusCode.BadGateway, "quota");
        await api.Voice.ResetAsync();
        await api.Voice.BehaveAsync(new { refuse = new { status = 503, code = (string?)null } });
        await RefusedAsync(visitor, HttpStatusCode.ServiceUnavailable, "unreachable");
        await api.Voice.BehaveAsync(new { });
        await VoiceTenant.SetAsync(tenant, new { enabled = true, model = "no-such-model" });
        await RefusedAsync(visitor, HttpStatusCode.BadGateway, "refused");
        await VoiceTenant.SetAsync(tenant, new { enabled = true, protocol = "azure_realtime" });
        await RefusedAsync(visitor, HttpStatusCode.ServiceUnavailable, "no_key");

        (await visitor.EventsAsync()).ShouldBeEmpty();
        (await VoiceTenant.OpenAsync(visitor, "no offer")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Open_one_call_for_repeated_requests()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node);
        var visitor = await tenant.Tenant.VisitAsync();
        await using var peer = VisitorPeer.Start();
        var offer = await peer.OfferAsync();

        var first = await VoiceTenant.OpenAsync(visitor, offer, clientId: "once");
        var second = await VoiceTenant.OpenAsync(visitor, offer, clientId: "once");

        var call = (await first.Content.ReadFromJsonAsync<VoiceSession>(TestTenant.Json))!;
        (await second.Content.ReadFromJsonAsync<VoiceSession>(TestTenant.Json))!.SessionId.ShouldBe(call.SessionId);
        (await api.Voice.CallsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Keep_calls_to_their_visitor_and_their_tenant()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node);
        await using var call = await tenant.CallAsync();
        var other = await tenant.Tenant.VisitAsync();
        var stranger = await TestTenant.CreateAsync(api, _node);
        foreach (var client in new[] { other.Client, stranger.Developer })
        {
            (await client.GetAsync($"/api/voice/session/{call.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await client.PostAsJsonAsync($"/api/voice/session/{call.Id}/end", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await client.PostAsJsonAsync($"/api/voice/session/{call.Id}/interrupt", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await client.PostAsJsonAsync($"/api/voice/session/{call.Id}/say", new { clientId = "x", text = "Hello" })).StatusCode
                .ShouldBe(HttpStatusCode.NotFound);
        }

        (await call.GetAsync()).State.ShouldBe(VoiceSessionState.Live);
        (await call.GetAsync()).Record.ShouldBeNull();
    }

    [Fact]
    public async Task Keep_calls_within_the_months_minutes()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node, new { enabled = true, monthlyMinutes = 1 });
        await using var call = await tenant.CallAsync();
        call.Session.MaxSeconds.ShouldBe(60);

        var another = await VoiceTenant.OpenAsync(await tenant.Tenant.VisitAsync(), SpokenCall.Offer);

        another.StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
    }

    [Fact]
    public async Task Send_the_provider_what_it_needs_and_no_personal_data()
    {
        var tenant = await VoiceTenant.CreateAsync(
            api,
            _node,
            new { enabled = true, turns = "semantic", eagerness = "high", voice = "cedar" });
        var visitor = await tenant.Tenant.VisitAsync();
        await visitor.Client.PostAsJsonAsync("/api/widget/identify", new { name = "Jo" });
        await using var call = await tenant.CallAsync(visitor, new { page = "https://shop.example/prices", locale = "de" });

        var told = (await call.AtProviderAsync()).GetProperty("received");
        var session = told.TryGetProperty("session", out var inner) ? inner : told;
        session.GetProperty("instructions").GetString()!.ShouldContain("https://shop.example/prices");
        session.GetProperty("instructions").GetString()!.ShouldContain("name: Jo");
        session.GetProperty("audio").GetProperty("output").GetProperty("voice").GetString().ShouldBe("cedar");
        session.GetProperty("audio").GetProperty("input").GetProperty("transcription").GetProperty("language").GetString().ShouldBe("de");
        session.GetProperty("audio").GetProperty("input").GetProperty("turn_detection").GetProperty("create_response").GetBoolean()
            .ShouldBeFalse();
        var safety = (await call.AtProviderAsync()).GetProperty("safetyIdentifier").GetString()!;
        safety.Length.ShouldBe(64);
        safety.ShouldNotContain(visitor.Session.VisitorId.ToString("N"));
    }

    [Fact]
    public async Task Use_the_tenants_own_key_if_there_is_one()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node);
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
        var saved = await tenant.Tenant.Developer.PutAsJsonAsync("/api/voice/key", new { key = "sk-the-tenants-own-key" });
        saved.EnsureSuccessStatusCode();
        (await saved.Content.ReadAsStringAsync()).ShouldNotContain("sk-the-tenants");

        await using var call = await tenant.CallAsync();
        (await call.AtProviderAsync()).GetProperty("account").GetString()!.ShouldNotBe("sk-test");

        (await tenant.Tenant.Developer.DeleteAsync("/api/voice/key")).EnsureSuccessStatusCode();
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
    }

    [Fact]
    public async Task Reject_a_key_that_the_provider_does_not_accept()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node);
        await api.Voice.KeysAsync(new { revoked = new[] { "sk-mistyped-key-of-ours" } });

        var refused = await tenant.Tenant.Developer.PutAsJsonAsync("/api/voice/key", new { key = "sk-mistyped-key-of-ours" });

        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "key");
        (await KeyAsync(tenant)).Source.ShouldBe(TavusKeySource.Platform);
    }

    [Fact]
    public async Task Never_send_the_installations_key_to_a_tenants_endpoint_nor_connect_to_private_addresses()
    {
        var tenant = await VoiceTenant.CreateAsync(
            api,
            _node,
            new { enabled = true, endpoint = api.Voice.OpenAI.Endpoint!.AbsoluteUri, model = "gpt-realtime-2.1" });
        var visitor = await tenant.Tenant.VisitAsync();
        await RefusedAsync(visitor, HttpStatusCode.ServiceUnavailable, "no_key");

        (await tenant.Tenant.Developer.PutAsJsonAsync("/api/voice/key", new { key = "sk-the-tenants-own-key" })).EnsureSuccessStatusCode();
        await RefusedAsync(visitor, HttpStatusCode.ServiceUnavailable, "unreachable");
        (await api.Voice.CallsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Report_the_setup_and_warn_about_models_that_will_be_shut_down()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node);
        var report = await TestAsync(tenant);
        report.Ok.ShouldBeTrue(string.Join('\n', report.Checks.Select(check => check.Words)));

        var soon = DateTimeOffset.UtcNow.AddDays(20).ToString("yyyy-MM-dd");
        (await api.Voice.Control.PutAsJsonAsync(
            "/control/voice/models",
            new Dictionary<string, string> { ["gpt-realtime-2.1"] = soon })).EnsureSuccessStatusCode();
        report = await TestAsync(tenant);
        report.Ok.ShouldBeFalse();
        report.Checks.Single(check => check.Name == "model").Words.ShouldContain(soon);

        await api.Voice.KeysAsync(new { revoked = new[] { "sk-test" } });
        (await TestAsync(tenant)).Checks.Single(check => check.Name == "model").Words.ShouldContain("does not accept the key");
    }

    [Fact]
    public async Task Create_a_short_lived_secret_for_a_tenants_front_end()
    {
        var tenant = await VoiceTenant.CreateAsync(api, _node);
        var answer = await tenant.Tenant.Developer.PostAsync("/api/voice/client-secret", null);
        var secret = (await answer.Content.ReadFromJsonAsync<VoiceClientSecret>(TestTenant.Json))!;
        secret.ExpiresAt.ShouldBeInRange(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(2));

        await using var peer = VisitorPeer.Start();
        using var client = new HttpClient();
        using var offer = new HttpRequestMessage(
            HttpMethod.Post,
            secret.Endpoint)
        { Content = new StringContent(await peer.OfferAsync(), null, "application/sdp") };
        offer.Content.Headers.ContentType!.CharSet = null;
        offer.Headers.Authorization = new("Bearer", secret.Value);
        var opened = await client.SendAsync(offer);
        opened.StatusCode.ShouldBe(HttpStatusCode.Created, await opened.Content.ReadAsStringAsync());

        (await (await tenant.Tenant.VisitAsync()).Client.PostAsync("/api/voice/client-secret", null)).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task RefusedAsync(TestVisitor visitor, HttpStatusCode status, string code)
    {
        var refused = await VoiceTenant.OpenAsync(visitor, SpokenCall.Offer);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        refused.StatusCode.ShouldBe(status, problem.ToString());
        problem.GetProperty("code").GetString().ShouldBe(code);
    }

    private static async Task<ModeState> StateAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<ModeState[]>("/api/modes", TestTenant.Json))!.Single(state => state.Mode == "voice");

    private static async Task<ProviderKeyState> KeyAsync(VoiceTenant tenant) =>
        (await tenant.Tenant.Developer.GetFromJsonAsync<ProviderKeyState>("/api/voice/key", TestTenant.Json))!;

    private static async Task<ConnectionReport> TestAsync(VoiceTenant tenant) =>
        (await tenant.Tenant.Developer.GetFromJsonAsync<ConnectionReport>("/api/voice/test", TestTenant.Json))!;
}
