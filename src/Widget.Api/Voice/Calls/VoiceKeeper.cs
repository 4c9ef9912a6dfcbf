using Npgsql;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>Takes up calls that no living node holds: goes on with them, or ends what is to be ended.</summary>
public sealed partial class VoiceKeeper(NpgsqlDataSource dataSource, TenantDatabase database, VoiceCallHost holder, VoiceTimings timings, TimeProvider clock, ILogger<VoiceKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>How often a call is looked at whose events its visitor's page passes on, and which no page is connected with.</summary>
    private static readonly TimeSpan LookingAtRelayed = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private const int MostAtOnce = 32;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, clock);
        var pause = new Backoff(clock, Sweep, LongestPause);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (await SweepAsync(stoppingToken)) pause.Reset();
                else await pause.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await holder.StopAsync();
        }
    }

    // False when nothing could be claimed.
    private async Task<bool> SweepAsync(CancellationToken ct)
    {
        try
        {
            foreach (var (tenant, id) in await ClaimAsync(ct)) await TakeUpAsync(tenant, id, ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (DatabaseFaults.IsTransient(e)) LogDatabaseAway(e);
            else LogFault(LoggedException.Of(e));
            return false;
        }
    }

    // What goes wrong with one call concerns no other; its lease runs out, and it is claimed again.
    private async Task TakeUpAsync(TenantId tenant, VoiceCallId id, CancellationToken ct)
    {
        try
        {
            VoiceCall? call;
            await using (var db = await database.BeginAsync(tenant, ct)) call = await db.FindCallAsync(id, ct);
            if (call is { Protocol: VoiceProtocol.SelfHosted }) await LookAtRelayedAsync(call, ct);
            else _ = holder.Start(tenant, id);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (DatabaseFaults.IsTransient(e)) LogDatabaseAway(e);
            else LogCallFault(e, id);
        }
    }

    // Its line is the page's: without a page there is nothing to hold, only to see whether it is over.
    private async Task LookAtRelayedAsync(VoiceCall call, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        VoiceEndReason? reason = call.State != VoiceSessionState.Live ? call.EndReason ?? VoiceEndReason.Failed
            : now > call.Deadline ? VoiceEndReason.TimeLimit
            : call.Watched && now - call.SeenAt > timings.Silence ? VoiceEndReason.Left
            : null;
        if (reason is { } why) await holder.EndAsync(call, held: null, why, hangUp: null);
        else await holder.ReleaseAsync(call.TenantId, call.Id, LookingAtRelayed);
        ct.ThrowIfCancellationRequested();
    }

    private async Task<List<(TenantId Tenant, VoiceCallId Id)>> ClaimAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, id from claim_voice_sessions($1, $2, $3)");
        command.Parameters.Add(new() { Value = holder.Node });
        command.Parameters.Add(new() { Value = timings.Lease });
        command.Parameters.Add(new() { Value = MostAtOnce });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var taken = new List<(TenantId, VoiceCallId)>();
        while (await rows.ReadAsync(ct)) taken.Add((new TenantId(rows.GetGuid(0)), new VoiceCallId(rows.GetGuid(1))));
        return taken;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; abandoned voice calls are claimed later")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for abandoned voice calls failed and is retried")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Claiming voice call {Call} failed and is retried")]
    private partial void LogCallFault(Exception exception, VoiceCallId call);
}
