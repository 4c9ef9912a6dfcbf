using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tenancy;
using Widget.Api.Video;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>A call at the simulated Tavus.</summary>
internal sealed record SimulatedCall(
    string Id,
    string Name,
    string Status,
    string? EndedBy,
    int EndCalls,
    double Seconds,
    JsonElement RequestBody);

/// <summary>A tenant with video and its own account at the simulated Tavus.</summary>
internal sealed class VideoTenant(TestTenant tenant, Simulator simulator, string key)
{
    public const string Replica = "r4dcf31b60e1";

    /// <summary>Short timeouts for tests.</summary>
    public static readonly VideoTimings Quick = new()
    {
        SilenceTimeout = TimeSpan.FromSeconds(4),
        QueueSilenceTimeout = TimeSpan.FromSeconds(4),
        JoinTimeout = TimeSpan.FromSeconds(3),
        EndGrace = TimeSpan.FromSeconds(0.5),
        ReconcileInterval = TimeSpan.FromSeconds(0.5),
        SlotRetryInterval = TimeSpan.FromSeconds(0.2),
        OrphanSearchTime = TimeSpan.FromSeconds(5),
        EndRetryInterval = TimeSpan.FromSeconds(0.3),
        Lease = TimeSpan.FromSeconds(3),
        Renewal = TimeSpan.FromSeconds(0.5),
        ResultDelays = [TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)],
    };

    public TestTenant Tenant => tenant;

    public TenantId TenantId => new(tenant.Created.TenantId);

    public static Task<ApiNode> StartNodeAsync(ApiFixture api) =>
        ApiNode.StartAsync(api.Database, tavusApi: api.Simulator.TavusApi, video: Quick);

    public static Task<VideoTenant> CreateAsync(
        ApiFixture api,
        ApiNode node,
        object? settings = null,
        object? account = null,
        object? behavior = null) => CreateAsync(api.Database, api, node, settings, account, behavior);

    /// <summary>A tenant in a database without other nodes than those of the test.</summary>
    public static async Task<VideoTenant> CreateAsync(
        TestDatabase database,
        ApiFixture api,
        ApiNode node,
        object? settings = null,
        object? account = null,
        object? behavior = null)
    {
        var key = $"tv-{Guid.NewGuid():N}";
        (await api.Simulator.Control.PutAsJsonAsync($"/control/tavus/accounts/{key}", account ?? new { })).EnsureSuccessStatusCode();
        (await api.Simulator.Control.PutAsJsonAsync(
            "/control/tavus/behavior",
            behavior ?? new { replicaJoinsAfter = 0.1, postCallSeconds = 0.1 })).EnsureSuccessStatusCode();
        (await api.Simulator.Control.DeleteAsync("/control/tavus/faults")).EnsureSuccessStatusCode();
        var tenant = await TestTenant.CreateAsync(database, node);
        await node.Service<TenantSecrets>().SaveAsync(
            new TenantId(tenant.Created.TenantId),
            TenantSecrets.TavusKey,
            key,
            TestContext.Current.CancellationToken);
        (await tenant.Developer.PutAsJsonAsync(
            "/api/settings",
            settings ?? new { useTavusVideo = true, tavusReplicaId = Replica, tavusMaxCallSeconds = 300 })).EnsureSuccessStatusCode();
        return new VideoTenant(tenant, api.Simulator, key);
    }

    public Task FailAsync(string on, string mode = "status", int status = 500, int times = 1) =>
        simulator.Control.PostAsJsonAsync("/control/tavus/faults", new { on, mode, status, times, account = key });

    /// <summary>Changes the account's properties.</summary>
    public async Task TermsAsync(object terms) =>
        (await simulator.Control.PutAsJsonAsync($"/control/tavus/accounts/{key}", terms)).EnsureSuccessStatusCode();

    /// <summary>The account's calls, oldest first.</summary>
    public async Task<IReadOnlyList<SimulatedCall>> CallsAsync() =>
        (await simulator.Control.GetFromJsonAsync<SimulatedCall[]>($"/control/tavus/conversations?account={key}", TestTenant.Json))!;

    public static async Task<HttpResponseMessage> AskForCallAsync(TestVisitor visitor, string? clientId = null, string? locale = null) =>
        await visitor.Client.PostAsJsonAsync(
            "/api/tavus/session",
            new { clientId, threadId = visitor.Session.ConversationId, page = "https://shop.example/bikes", locale });

    public static async Task<TavusSession> OpenAsync(TestVisitor visitor, string? clientId = null)
    {
        var response = await AskForCallAsync(visitor, clientId);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<TavusSession>(TestTenant.Json))!;
    }

    public static async Task<TavusSession> GetAsync(TestVisitor visitor, Guid session) =>
        (await visitor.Client.GetFromJsonAsync<TavusSession>($"/api/tavus/session/{session}", TestTenant.Json))!;

    public static async Task<TavusSession> AliveAsync(TestVisitor visitor, Guid session, bool replicaJoined = false) =>
        (await (await visitor.Client.PostAsJsonAsync($"/api/tavus/session/{session}/alive", new { replicaJoined }))
            .Content.ReadFromJsonAsync<TavusSession>(TestTenant.Json))!;

    public static async Task EndAsync(TestVisitor visitor, Guid session) =>
        (await visitor.Client.PostAsJsonAsync($"/api/tavus/session/{session}/end", new { })).EnsureSuccessStatusCode();

    /// <summary>Waits until the session reaches a state, while its page reports that it is open.</summary>
    public static async Task<TavusSession> UntilAsync(
        TestVisitor visitor,
        Guid session,
        TavusSessionState state,
        bool watched = true,
        int seconds = 60)
    {
        TavusSession? seen = null;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            seen = watched ? await AliveAsync(visitor, session) : await GetAsync(visitor, session);
            if (seen.State == state) return seen;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds));
        Assert.Fail($"After {seconds} s the session is {seen.State}, not {state}.");
        return seen;
    }
}
