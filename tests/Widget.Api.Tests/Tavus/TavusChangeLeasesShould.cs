using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tavus;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>One node at a time changes a tenant's objects at Tavus, and no transaction is open meanwhile.</summary>
public sealed class TavusChangeLeasesShould(TavusWorld world) : IClassFixture<TavusWorld>, IAsyncLifetime
{
    private static readonly object Settings = new
    {
        agentName = "Ada",
        tavusReplicaId = VideoTenant.Replica,
        tools = new[] { "search_knowledge" },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await BehaveAsync(new { });

    public async ValueTask DisposeAsync() => await BehaveAsync(new { });

    [Fact]
    public async Task Hold_no_transaction_while_a_slow_tavus_registers_tools()
    {
        var tenant = await world.TenantAsync(Settings);
        await BehaveAsync(new { apiDelayMs = 700 });

        var syncing = tenant.Developer.PostAsync("/api/tavus/tools/sync", null, Ct);

        await ExpectNoOpenTransactionUntilAsync(syncing);
        (await syncing).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await syncing).Content.ReadFromJsonAsync<ToolSyncReport>(TestTenant.Json, Ct))!.Created.ShouldBe(["search_knowledge"]);
    }

    [Fact]
    public async Task Hold_no_transaction_while_a_slow_tavus_creates_a_persona()
    {
        var tenant = await world.TenantAsync(Settings);
        var preview = await PreviewAsync(tenant);
        await BehaveAsync(new { apiDelayMs = 700 });

        var applying = tenant.Developer.PostAsJsonAsync("/api/tavus/persona/apply", new { fingerprint = preview.Fingerprint }, Ct);

        await ExpectNoOpenTransactionUntilAsync(applying);
        (await applying).StatusCode.ShouldBe(HttpStatusCode.OK, await (await applying).Content.ReadAsStringAsync(Ct));
        (await tenant.ListAsync("personas?persona_type=user")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refuse_a_change_while_another_node_makes_one()
    {
        var tenant = await world.TenantAsync(Settings);
        await using var other = await ApiNode.StartAsync(
            world.Database,
            tavusApi: world.Simulator.TavusApi with { Key = TavusWorld.PlatformKey });
        using var there = other.Client(tenant.Tenant.Created.ApiKey);
        // The first request to a node is slow. The second sync must arrive while the first one runs.
        (await there.GetAsync("/api/tavus/key", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await BehaveAsync(new { apiDelayMs = 2_000 });
        var first = tenant.Developer.PostAsync("/api/tavus/tools/sync", null, Ct);
        await WaitUntilAcquiredAsync(tenant);

        (await there.PostAsync("/api/tavus/tools/sync", null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        (await first).StatusCode.ShouldBe(HttpStatusCode.OK);
        await BehaveAsync(new { });
        (await tenant.ListAsync("tools")).Count.ShouldBe(1);
        (await there.PostAsync("/api/tavus/tools/sync", null, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Continue_on_another_node_when_a_node_has_died()
    {
        var tenant = await world.TenantAsync(Settings);
        var leases = world.Node.Service<TavusChangeLeases>();
        (await leases.TryAcquireAsync(tenant.Id, TavusChangeLeases.Tools, Ct)).ShouldNotBeNull();
        (await tenant.Developer.PostAsync("/api/tavus/tools/sync", null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await ExecuteAsync("update tavus_turns set expires_at = now()");

        (await tenant.Developer.PostAsync("/api/tavus/tools/sync", null, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keep_a_node_that_has_lost_its_lease_from_writing()
    {
        var tenant = await world.TenantAsync(Settings);
        await BehaveAsync(new { apiDelayMs = 1_000 });
        var syncing = tenant.Developer.PostAsync("/api/tavus/tools/sync", null, Ct);
        await WaitUntilAcquiredAsync(tenant);

        await ExecuteAsync("update tavus_turns set owner = gen_random_uuid()");

        (await syncing).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await CountAsync($"select count(*) from tavus_tools where tenant_id = '{tenant.Id}'")).ShouldBe(0);
        // The tool that was created but not saved is found by its name.
        await BehaveAsync(new { });
        await ExecuteAsync("update tavus_turns set expires_at = now()");
        (await tenant.Developer.PostAsync("/api/tavus/tools/sync", null, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.ListAsync("tools")).Count.ShouldBe(1);
    }

    private Task WaitUntilAcquiredAsync(TavusTenant tenant) =>
        Eventually.TrueAsync(
            async () => await CountAsync($"select count(*) from tavus_turns where tenant_id = '{tenant.Id}'") == 1,
            "the lease is acquired");

    // Checks repeatedly while the request runs. The pause between two statements of a transaction is shorter than half a second.
    private async Task ExpectNoOpenTransactionUntilAsync(Task<HttpResponseMessage> request)
    {
        var checks = 0;
        while (!request.IsCompleted)
        {
            var idle = await CountAsync(
                "select count(*) from pg_stat_activity where datname = current_database() "
                    + "and state like 'idle in transaction%' and state_change < clock_timestamp() - interval '500 ms'");
            idle.ShouldBe(0);
            checks++;
            await Task.WhenAny(request, Task.Delay(50, Ct));
        }

        checks.ShouldBeGreaterThan(5);
    }

    private static async Task<TavusPersonaPreview> PreviewAsync(TavusTenant tenant)
    {
        var response = await tenant.Developer.PostAsync("/api/tavus/persona/preview", null, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<TavusPersonaPreview>(TestTenant.Json, Ct))!;
    }

    private async Task BehaveAsync(object behavior) =>
        (await world.Simulator.Control.PutAsJsonAsync("/control/tavus/behavior", behavior, Ct)).EnsureSuccessStatusCode();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = world.Database.OwnerSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = world.Database.OwnerSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
