using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Voice;

/// <summary>A tenant with voice and knowledge, and a visitor with a microphone.</summary>
internal sealed class VoiceTenant(ApiFixture api, TestTenant tenant, ApiNode node)
{
    /// <summary>Short where tests wait for a timeout, and generous where a slow machine must not cause one.</summary>
    public static VoiceTimings Quick { get; } = new()
    {
        Renewal = TimeSpan.FromSeconds(0.5),
        Lease = TimeSpan.FromSeconds(5),
        TranscriptTimeout = TimeSpan.FromSeconds(15),
        SearchTimeout = TimeSpan.FromSeconds(15),
    };

    public TestTenant Tenant => tenant;

    public static async Task<VoiceTenant> CreateAsync(ApiFixture api, ApiNode node, object? voice = null)
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await SetAsync(tenant, voice ?? new { enabled = true, turns = "pause" });
        return new VoiceTenant(api, tenant, node);
    }

    public static async Task SetAsync(TestTenant tenant, object voice)
    {
        var saved = await tenant.Developer.PutAsJsonAsync("/api/settings", new { voice });
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a call with real audio and events.</summary>
    public async Task<SpokenCall> CallAsync(TestVisitor? visitor = null, object? more = null)
    {
        visitor ??= await tenant.VisitAsync();
        var peer = VisitorPeer.Start();
        try
        {
            var response = await OpenAsync(visitor, await peer.OfferAsync(), more);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
            var session = (await response.Content.ReadFromJsonAsync<VoiceSession>(TestTenant.Json))!;
            await peer.AcceptAsync(session.Sdp.ShouldNotBeNull());
            return new SpokenCall(api, visitor, peer, session);
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public static Task<HttpResponseMessage> OpenAsync(TestVisitor visitor, string sdp, object? more = null, string? clientId = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        body["clientId"] = clientId ?? Guid.NewGuid().ToString("N");
        body["threadId"] = visitor.Session.ConversationId;
        body["sdp"] = sdp;
        return visitor.Client.PostAsJsonAsync("/api/voice/session", body);
    }

    public async Task<VoiceCallRecord> RecordAsync(Guid session) => (await GetAsync(session)).Record!;

    public async Task<VoiceSession> GetAsync(Guid session) =>
        (await tenant.Developer.GetFromJsonAsync<VoiceSession>($"/api/voice/session/{session}", TestTenant.Json))!;

    public ApiNode Node => node;
}

/// <summary>A call in progress.</summary>
internal sealed class SpokenCall(ApiFixture api, TestVisitor visitor, VisitorPeer peer, VoiceSession session) : IAsyncDisposable
{
    /// <summary>An offer without a peer, for calls that are never connected.</summary>
    public const string Offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";

    public TestVisitor Visitor => visitor;

    public VisitorPeer Peer => peer;

    public Guid Id => session.SessionId;

    public VoiceSession Session => session;

    public async Task<VoiceSession> GetAsync(HttpClient? client = null) =>
        (await (client ?? visitor.Client).GetFromJsonAsync<VoiceSession>($"/api/voice/session/{Id}", TestTenant.Json))!;

    public Task<HttpResponseMessage> PostAsync(string what, object? body = null) =>
        visitor.Client.PostAsJsonAsync($"/api/voice/session/{Id}/{what}", body ?? new { });

    /// <summary>The utterances in the conversation's log.</summary>
    public async Task<IReadOnlyList<string>> SaidAsync() =>
        [
            .. (await visitor.EventsAsync()).OfType<Utterance>()
                .Select(entry => $"{entry.Speaker}: {entry.Text}{(entry.Interrupted ? " (cut off)" : "")}"),
        ];

    public Task SaidAsync(int count) =>
        Eventually.TrueAsync(async () => (await SaidAsync()).Count >= count, $"{count} utterances are in the log");

    public async Task<VoiceEndReason> EndedAsync(int seconds = 60)
    {
        VoiceSession? now = null;
        await Eventually.TrueAsync(
            async () => (now = await GetAsync()).State is VoiceSessionState.Ended or VoiceSessionState.Failed,
            "the call has ended",
            seconds);
        return now!.EndReason!.Value;
    }

    /// <summary>The call at the simulated provider.</summary>
    public Task<JsonElement> AtProviderAsync() => api.Voice.CallAsync();

    /// <summary>Waits until the provider has seen the end of the call, which is a moment after ours.</summary>
    /// <param name="how">"hangup" for a request, "close" for a closed connection.</param>
    public Task HasEndedAtProviderAsync(string how) => Eventually.TrueAsync(
        async () => (await AtProviderAsync()).GetProperty("end").GetString() == how,
        $"the provider sees the end as {how}");

    public ValueTask DisposeAsync() => peer.DisposeAsync();
}
