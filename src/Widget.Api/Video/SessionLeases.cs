using System.Collections.Concurrent;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>A session that this node alone works on.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Id">Which.</param>
/// <param name="Lost">Cancelled when another node has taken it, since this one could not renew the lease in time.</param>
public sealed record SessionLease(TenantId Tenant, VideoSessionId Id, CancellationToken Lost);

/// <summary>
/// Which video sessions this node works on. A lease is short and renewed for as long as the work takes; so what a node that has died held is taken up
/// by another within seconds, and a slow Tavus costs nobody their session.
/// </summary>
public sealed partial class SessionLeases(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    VideoSignal signal,
    VideoTimings timings,
    TimeProvider clock,
    ILogger<SessionLeases> logger)
{
    private readonly ConcurrentDictionary<VideoSessionId, CancellationTokenSource> _held = [];

    /// <summary>Names this node in leases.</summary>
    public Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Takes sessions whose time to be looked at has come.</summary>
    /// <param name="most">Most of them.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<SessionLease>> ClaimAsync(int most, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, id from claim_tavus_sessions($1, $2, $3)");
        command.Parameters.Add(new() { Value = Node });
        command.Parameters.Add(new() { Value = timings.Lease });
        command.Parameters.Add(new() { Value = most });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var taken = new List<SessionLease>();
        // One whose lease ran out for want of a database may be in work here still.
        while (await rows.ReadAsync(ct))
            if (Hold(new TenantId(rows.GetGuid(0)), new VideoSessionId(rows.GetGuid(1))) is { } lease) taken.Add(lease);
        return taken;
    }

    /// <summary>Keeps a session whose row names this node already; null when it is in work here.</summary>
    public SessionLease? Hold(TenantId tenant, VideoSessionId id)
    {
        var lost = new CancellationTokenSource();
        return _held.TryAdd(id, lost) ? new SessionLease(tenant, id, lost.Token) : null;
    }

    /// <summary>Gives a session back, for whoever is to look at it next.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="nextCheck">When that is; null leaves what the row says, and is now when something has called back meanwhile.</param>
    public async Task ReleaseAsync(SessionLease lease, DateTimeOffset? nextCheck = null)
    {
        _held.TryRemove(lease.Id, out _);
        try
        {
            await using var db = await database.BeginAsync(lease.Tenant, CancellationToken.None);
            await using var release = db.Command(
                """
                update tavus_sessions session
                set lease_owner = null, lease_until = null, next_check_at = case
                  when $3 is not null then $3
                  when exists (select 1 from tavus_callbacks callback where callback.session_id = session.id and callback.handled_at is null) then now()
                  else next_check_at end
                where id = $1 and lease_owner = $2
                """,
                [lease.Id.Value, Node, new NpgsqlParameter { Value = (object?)nextCheck ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz }]);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // It runs out.
            Report(e);
        }

        signal.Raise();
    }

    /// <summary>Renews what is held, again and again, until it is to stop.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(timings.Renewal, clock);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ct);
                await RenewAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Continue after any exception: the leases are kept only as long as this loop runs.
                Report(e);
            }
        }
    }

    private void Report(Exception exception)
    {
        if (DatabaseFaults.IsTransient(exception)) LogDatabaseAway(exception);
        else LogFault(LoggedException.Of(exception));
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var held = _held.ToArray();
        if (held.Length == 0) return;
        await using var command = dataSource.CreateCommand("select id from renew_tavus_sessions($1, $2, $3)");
        command.Parameters.Add(new() { Value = Node });
        command.Parameters.Add(new() { Value = timings.Lease });
        command.Parameters.Add(new() { Value = held.Select(entry => entry.Key.Value).ToArray() });
        var ours = new HashSet<Guid>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) ours.Add(rows.GetGuid(0));
        foreach (var (id, lost) in held.Where(entry => !ours.Contains(entry.Key.Value)))
        {
            // Released just now, or another node's.
            if (_held.TryGetValue(id, out var current) && current == lost) await lost.CancelAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; video session leases are renewed later")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Renewing or giving back leases on video sessions failed; it is tried again")]
    private partial void LogFault(Exception exception);
}
