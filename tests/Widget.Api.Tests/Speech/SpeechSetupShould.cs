using System.Net;
using System.Net.Http.Json;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Speech;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Tests.Speech;

/// <summary>Which voice is used, what visitors are offered, and what the tenant's developers see.</summary>
public sealed class SpeechSetupShould(ApiFixture api) : IAsyncLifetime
{
    private readonly List<ApiNode> _nodes = [];

    public async ValueTask InitializeAsync() => await api.BehaveAsync(model: new { reply = "It takes a while." });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Offer_the_servers_voice_the_browsers_voice_or_none()
    {
        var tenant = await TenantAsync(Speaking.OpenAI(api));
        (await ConfigAsync(tenant)).Speech.ShouldBe(new SpeechOffer("server"));
        (await ConfigAsync(tenant)).Modes.ShouldContain("speech");
        (await ConfigAsync(tenant, "webrtc")).Speech.ShouldBeNull();
        await tenant.SetAsync(new { provider = "browser" });
        (await ConfigAsync(tenant)).Speech.ShouldBe(new SpeechOffer("browser"));
        await tenant.SetAsync(new { monthlyCharacters = 0 });
        (await ConfigAsync(tenant)).Speech.ShouldBe(new SpeechOffer("browser"));
        (await StateAsync(tenant)).Words.ShouldContain("used up");
        await tenant.SetAsync(new { enabled = false });
        (await ConfigAsync(tenant)).Speech.ShouldBeNull();
        (await ConfigAsync(tenant)).Modes.ShouldNotContain("speech");
        (await StateAsync(tenant)).Words.ShouldContain("speech.enabled");
    }

    [Fact]
    public async Task Use_the_browser_without_a_voice_on_the_server()
    {
        var tenant = await TenantAsync(new SpeechOptions());

        (await ConfigAsync(tenant)).Speech.ShouldBe(new SpeechOffer("browser"));
        (await ConfigAsync(tenant)).Dictation.ShouldBe(new DictationOffer("browser", null));
        (await ConfigAsync(tenant, "audio")).Dictation.ShouldBeNull();
        (await StateAsync(tenant)).ShouldBe(new ModeState("speech", true, (await StateAsync(tenant)).Words));
        (await StateAsync(tenant)).Words.ShouldContain("WIDGET_SPEECH_ENDPOINT");
        await tenant.SetAsync(new { dictation = false });
        (await ConfigAsync(tenant)).Dictation.ShouldBeNull();
    }

    [Fact]
    public async Task Never_send_the_installations_key_to_a_tenants_endpoint()
    {
        // Also not to an endpoint that the operator allows and that would accept the key.
        var tenant = await TenantAsync(Speaking.OpenAI(api), Allowed());
        await tenant.SetAsync(
            new { endpoint = new Uri(api.Simulator.Address, "/openai/v1").AbsoluteUri, model = "sim-tts", voice = "sim-ada" });

        (await ConfigAsync(tenant)).Speech.ShouldBe(new SpeechOffer("browser"));
        (await StateAsync(tenant)).Words.ShouldContain("PUT /api/speech/key");
        var (visitor, answer) = await AnswerAsync(tenant);
        (await visitor.HearAsync(answer)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await api.SpokenAsync()).ShouldBeEmpty();
        (await api.CountsAsync()).Refused.ShouldBe(0);
    }

    [Fact]
    public async Task Use_the_tenants_endpoint_with_the_tenants_key_where_the_operator_allows_the_host()
    {
        var tenant = await TenantAsync(new SpeechOptions(), Allowed());
        await tenant.SetAsync(
            new
            {
                endpoint = new Uri(api.Simulator.Address, "/elevenlabs").AbsoluteUri,
                provider = "elevenlabs",
                voice = "voice00000000000000Bo",
            });
        var refused = await tenant.Developer.PutAsJsonAsync("/api/speech/key", new { key = "not-the-key" });
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("does not accept the key");

        var saved = await tenant.Developer.PutAsJsonAsync("/api/speech/key", new { key = "sim-eleven-key" });

        (await saved.Content.ReadFromJsonAsync<ProviderKeyState>(TestTenant.Json))!.ShouldSatisfyAllConditions(
            state => state.Source.ShouldBe(TavusKeySource.Own),
            state => state.Hint.ShouldBe("-key"));
        (await saved.Content.ReadAsStringAsync()).ShouldNotContain("sim-eleven");
        var (visitor, answer) = await AnswerAsync(tenant);
        (await visitor.HearAllAsync(answer))[^1].ShouldBeOfType<SpeechDone>();
        (await api.SpokenAsync()).ShouldHaveSingleItem().Voice.ShouldBe("voice00000000000000Bo");
        (await tenant.Developer.DeleteAsync("/api/speech/key")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.Developer.DeleteAsync("/api/speech/key")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ConfigAsync(tenant)).Speech.ShouldBe(new SpeechOffer("browser"));
    }

    [Fact]
    public async Task Not_connect_to_private_networks_for_a_tenant()
    {
        var tenant = await TenantAsync(new SpeechOptions());
        await tenant.SetAsync(
            new { endpoint = new Uri(api.Simulator.Address, "/openai/v1").AbsoluteUri, model = "sim-tts", voice = "sim-ada" });
        (await tenant.Developer.PutAsJsonAsync("/api/speech/key", new { key = "sim-key-of-tenant" })).EnsureSuccessStatusCode();

        var report = await TestAsync(tenant);

        report.Ok.ShouldBeFalse();
        report.Checks.Single(check => check.Name == "key_accepted").Words.ShouldContain("not on the public internet");
        var (visitor, answer) = await AnswerAsync(tenant);
        (await visitor.HearAllAsync(answer))[^1].ShouldBeOfType<SpeechFailed>();
        (await api.CountsAsync()).Refused.ShouldBe(0);
    }

    [Fact]
    public async Task Explain_the_result_of_a_test()
    {
        await api.BehaveAsync(new { listsVoices = true, shutdownDate = "2099-01-06" }, new { reply = "It takes a while." });
        var tenant = await TenantAsync(Speaking.OpenAI(api));

        var good = await TestAsync(tenant);

        good.Ok.ShouldBeTrue(string.Join('\n', good.Checks));
        good.Checks.Single(check => check.Name == "model").Words.ShouldContain("2099-01-06");
        (await api.SpokenAsync()).ShouldHaveSingleItem().Text.ShouldBe("Hello.");
        (await api.UsedAsync(tenant)).Characters.ShouldBe(6);
        (await tenant.Developer.GetFromJsonAsync<ProviderVoice[]>("/api/speech/voices"))!.Select(voice => voice.Id)
            .ShouldBe(["sim-ada", "sim-bo"]);

        await tenant.SetAsync(new { voice = "nobody" });
        var bad = await TestAsync(tenant);
        bad.Ok.ShouldBeFalse();
        bad.Checks.Single(check => check.Name == "voice").ShouldSatisfyAllConditions(
            check => check.Ok.ShouldBeFalse(),
            check => check.Words.ShouldContain("GET /api/speech/voices"));
        bad.Checks.Single(check => check.Name == "speaks").Words.ShouldContain("does not know the voice");

        await api.Simulator.BehaveAsync(new { shutdownDate = "2020-01-06" }, "speech");
        await tenant.SetAsync(new { monthlyCharacters = 6 });
        var late = await TestAsync(tenant);
        late.Checks.Single(check => check.Name == "model").ShouldSatisfyAllConditions(
            check => check.Ok.ShouldBeFalse(),
            check => check.Words.ShouldContain("shut down on 2020-01-06"));
        late.Checks.Single(check => check.Name == "budget").Words.ShouldContain("All 6 characters");
        (await tenant.Developer.GetAsync("/api/speech/voices")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Report_the_quota_at_elevenlabs()
    {
        var tenant = await TenantAsync(Speaking.ElevenLabs(api));
        var good = await TestAsync(tenant);
        good.Ok.ShouldBeTrue(string.Join('\n', good.Checks));
        (await tenant.Developer.GetFromJsonAsync<ProviderVoice[]>("/api/speech/voices"))!
            .ShouldContain(new ProviderVoice("voice0000000000000Ada", "Ada"));

        await api.Simulator.BehaveAsync(new { quota = 0 }, "speech");
        (await TestAsync(tenant)).Checks.Single(check => check.Name == "quota").ShouldSatisfyAllConditions(
            check => check.Ok.ShouldBeFalse(),
            check => check.Words.ShouldContain("10,000"));
    }

    [Fact]
    public async Task Show_no_key_in_logs_or_errors()
    {
        var tenant = await TenantAsync(Speaking.OpenAI(api) with { Key = "secret-of-the-operator" });
        var (visitor, answer) = await AnswerAsync(tenant);
        await visitor.HearAllAsync(answer);

        // The simulated service repeats the rejected key, as the real one does in part.
        (await TestAsync(tenant)).Checks.Single(check => check.Name == "key_accepted").Words.ShouldNotContain("secret-of-the-operator");
        _nodes[^1].Log.Lines.ShouldContain(line => line.Contains("BadKey"));
        _nodes[^1].Log.Lines.ShouldAllBe(line => !line.Contains("secret-of-the-operator"));
    }

    [Fact]
    public void Read_the_environment_and_explain_mistakes()
    {
        var variables = new Dictionary<string, string>
        {
            ["WIDGET_DATABASE_APP"] = "Host=db;Database=widget",
            ["WIDGET_SPEECH_ENDPOINT"] = "https://api.elevenlabs.io",
            ["WIDGET_SPEECH_PROVIDER"] = "elevenlabs",
            ["WIDGET_SPEECH_VOICE"] = "id",
            ["WIDGET_SPEECH_KEY"] = "key",
        };
        var speech = ServerOptions.Read(variables.GetValueOrDefault).Speech;
        (speech.Provider, speech.Voice, speech.Key, speech.Model).ShouldBe((SpeechProvider.ElevenLabs, "id", "key", null));

        variables["WIDGET_SPEECH_PROVIDER"] = "someone";
        variables.Remove("WIDGET_SPEECH_VOICE");
        var errors = Should.Throw<InvalidConfigurationException>(() => ServerOptions.Read(variables.GetValueOrDefault)).Errors;
        errors.ShouldContain(error => error.StartsWith("WIDGET_SPEECH_PROVIDER is \"someone\""));
        errors.ShouldContain(error => error.StartsWith("WIDGET_SPEECH_VOICE is not set"));
        errors.ShouldContain(error => error.StartsWith("WIDGET_SPEECH_MODEL is not set"));
        variables.Remove("WIDGET_SPEECH_ENDPOINT");
        Should.Throw<InvalidConfigurationException>(() => ServerOptions.Read(variables.GetValueOrDefault)).Errors
            .ShouldContain(error => error.Contains("WIDGET_SPEECH_ENDPOINT, the address of the service, is not"));
    }

    private FetchOptions Allowed() => new() { AllowedPrivateHosts = new HashSet<string> { api.Simulator.Address.Authority } };

    private async Task<TestTenant> TenantAsync(SpeechOptions options, FetchOptions? fetching = null)
    {
        var node = await Speaking.StartAsync(api, options, fetching: fetching);
        _nodes.Add(node);
        return await TestTenant.WithKnowledgeAsync(api, node);
    }

    private async Task<WidgetConfig> ConfigAsync(TestTenant tenant, params string[] abilities)
    {
        using var client = _nodes[^1].Client();
        var response = await client.PostAsJsonAsync(
            "/api/widget/session",
            new { siteKey = tenant.Created.SiteKey, abilities = abilities.Length == 0 ? null : abilities });
        return (await response.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json))!.Config;
    }

    private static async Task<(TestVisitor Visitor, Guid Answer)> AnswerAsync(TestTenant tenant)
    {
        var visitor = await tenant.VisitAsync();
        return (visitor, (await visitor.AskAsync("How long does charging take?")).MessageId);
    }

    private static async Task<ModeState> StateAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<ModeState[]>("/api/modes"))!.Single(state => state.Mode == "speech");

    private static async Task<ConnectionReport> TestAsync(TestTenant tenant) =>
        (await tenant.Developer.GetFromJsonAsync<ConnectionReport>("/api/speech/test"))!;
}
