using Microsoft.Extensions.Hosting;
using Widget.Api.Video;
using Widget.Api.Voice.Calls;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>A node's background work after faults. It has a database of its own, because it breaks functions that all nodes use.</summary>
public sealed class WorkersShould(ApiFixture api) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private ApiNode _node = null!;
    private Guid _tenant;
    private Guid _conversation;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _node = await ApiNode.StartAsync(
            _database,
            voice: api.Voice.OpenAI,
            voiceTimings: new VoiceTimings { Lease = TimeSpan.FromSeconds(1) },
            video: Tavus.VideoTenant.Quick);
        _tenant = (await _database.AddTenantAsync()).Value;
        _conversation = Guid.CreateVersion7();
        await _database.OwnerSource.ExecuteAsync("insert into visitors (tenant_id, id) values ($1, $2)", _tenant, _conversation);
        await _database.OwnerSource.ExecuteAsync(
            "insert into conversations (tenant_id, id, visitor_id) values ($1, $2, $2)", _tenant, _conversation);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Keep_the_node_up_when_the_end_of_a_call_cannot_be_saved()
    {
        var call = Guid.CreateVersion7();
        await using (var refused = await RefusedWrites.StartAsync(
            _database.OwnerSource, "voice_sessions", $"new.id = '{call}' and new.state <> 'live'"))
        {
            await _database.OwnerSource.ExecuteAsync(
                """
                insert into voice_sessions
                  (tenant_id, id, conversation_id, visitor_id, client_id, state, protocol, endpoint, account, model, plan, call_id, watched,
                   reserved_seconds, opened_at)
                values
                  ($1, $2, $3, $3, 'c', 'live', 'self_hosted', 'http://voice.test/', 'a', 'm', $4::jsonb, 'x', true,
                   60, now() - interval '1 hour')
                """,
                _tenant,
                call,
                _conversation,
                """{"instructions":"","turns":"pause","eagerness":"low","farField":false,"tools":[],"thread":[],"safetyIdentifier":"v"}""");
            await refused.CountAsync(2);
        }

        await Eventually.TrueAsync(
            async () =>
                (string)(await _database.OwnerSource.ExecuteAsync("select state from voice_sessions where id = $1", call))! == "ended",
            "the call is ended");
        _node.Service<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Go_on_renewing_video_leases_and_log_an_unexpected_fault()
    {
        // The ids have another type than the server reads. That is not a database fault, but an unexpected one.
        foreach (var (function, arguments) in Functions)
        {
            await _database.OwnerSource.ExecuteAsync(
                $"""
                create sequence {function}_calls;
                alter function {function}({arguments}) rename to {function}_kept;
                create function {function}({arguments}) returns table (tenant_id text, id text)
                  language sql volatile security definer set search_path = public as
                  $$ select nextval('{function}_calls')::text, 'strange' $$;
                """);
        }

        var session = new VideoSessionId(Guid.CreateVersion7());
        var leases = _node.Service<SessionLeases>();
        var lease = leases.TryHold(new TenantId(_tenant), session).ShouldNotBeNull();
        foreach (var (function, _) in Functions)
            await Eventually.TrueAsync(
                async () => (long)(await _database.OwnerSource.ExecuteAsync($"select last_value from {function}_calls"))! >= 3,
                $"{function} is called again and again");

        _node.Log.Lines.ShouldContain(line => line.Contains("InvalidCastException", StringComparison.Ordinal));
        _node.Log.Lines.ShouldNotContain(line =>
            line.Contains("is unavailable", StringComparison.Ordinal) && line.Contains("InvalidCastException", StringComparison.Ordinal));
        foreach (var (function, arguments) in Functions)
            await _database.OwnerSource.ExecuteAsync(
                $"drop function {function}({arguments}); alter function {function}_kept({arguments}) rename to {function};");

        // The session does not exist, so this node cannot hold it. It finds that out as soon as renewal works.
        await Eventually.TrueAsync(() => lease.Lost.IsCancellationRequested, "renewal works again");
        _node.Service<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
    }

    private static (string Function, string Arguments)[] Functions =>
    [
        ("renew_tavus_sessions", "node uuid, lease interval, held uuid[]"),
        ("claim_tavus_sessions", "node uuid, lease interval, most integer"),
    ];
}
