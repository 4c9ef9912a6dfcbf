using Npgsql;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>Claims calls whose lease has expired, and continues or ends them.</summary>
public sealed partial class VoiceCallReclaimer(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    VoiceCallHost host,
    VoiceTimings timings,
    TimeProvider clock,
    ILogger<VoiceCallReclaimer> logger) : PeriodicWorker(TimeSpan.FromSeconds(1), clock)
{
    /// <summary>How often to check a call whose events the visitor's page relays, while no page is connected to this node.</summary>
    private static readonly TimeSpan RelayedCheckInterval = TimeSpan.FromSeconds(5);

    private const int MaxConcurrent = 32;

    protected override TimeSpan MaxPause => TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await host.StopAsync();
    }

    protected override async Task TickAsync(CancellationToken ct)
    {
        foreach (var (tenant, id) in await ClaimAsync(ct)) await ContinueAsync(tenant, id, ct);
    }

    // A failure affects only this call: its lease expires, and it is claimed again.
    private async Task ContinueAsync(TenantId tenant, VoiceCallId id, CancellationToken ct)
    {
        try
        {
            VoiceCall? call;
            await using (var db = await database.BeginAsync(tenant, ct)) call = await db.FindCallAsync(id, ct);
            if (call is { Protocol: VoiceProtocol.SelfHosted }) await CheckRelayedAsync(call, ct);
            else _ = host.Start(tenant, id);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (DatabaseFaults.IsTransient(e)) LogDatabaseUnavailable(e);
            else LogCallFault(SanitizedException.From(e), id);
        }
    }

    // Only the page is connected to the provider, so there is nothing to continue. Check whether the call is over.
    private async Task CheckRelayedAsync(VoiceCall call, CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        VoiceEndReason? reason = call.State != VoiceSessionState.Live ? call.EndReason ?? VoiceEndReason.Failed
            : now > call.Deadline ? VoiceEndReason.TimeLimit
            : call.Watched && now - call.SeenAt > timings.SilenceTimeout ? VoiceEndReason.Left
            : null;
        if (reason is { } endReason) await host.EndAsync(call, activeCall: null, endReason, hangUp: null);
        else await host.ReleaseAsync(call.TenantId, call.Id, RelayedCheckInterval);
        ct.ThrowIfCancellationRequested();
    }

    private Task<IReadOnlyList<(TenantId Tenant, VoiceCallId Id)>> ClaimAsync(CancellationToken ct) =>
        dataSource.ClaimAsync(
            "select tenant_id, id from claim_voice_sessions($1, $2, $3)",
            [host.Node, timings.Lease, MaxConcurrent],
            row => (new TenantId(row.GetGuid(0)), new VoiceCallId(row.GetGuid(1))),
            ct);

    protected override void LogFailure(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; abandoned voice calls are claimed later")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Claiming abandoned voice calls failed and is retried")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Continuing voice call {Call} failed and is retried")]
    private partial void LogCallFault(Exception exception, VoiceCallId call);
}
