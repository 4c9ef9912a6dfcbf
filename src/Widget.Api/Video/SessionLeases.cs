using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>A session that only this node works on.</summary>
/// <param name="Tenant">The session's tenant.</param>
/// <param name="Id">The session.</param>
/// <param name="Lost">Cancelled when another node has claimed the session, because this one could not renew the lease in time.</param>
public sealed record SessionLease(TenantId Tenant, VideoSessionId Id, CancellationToken Lost);

/// <summary>
/// The leases on the video sessions that this node works on. A lease is short and is renewed while the work runs. If the node dies, another
/// node claims its sessions within seconds. If Tavus is slow, the node keeps its sessions.
/// </summary>
public sealed partial class SessionLeases(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    WakeUpSignal<VideoSessionWorker> signal,
    VideoTimings timings,
    TimeProvider clock,
    ILogger<SessionLeases> logger)
{
    private readonly LeaseGroup<VideoSessionId, CancellationTokenSource> _held = new(new LeaseTimes(timings.Lease, timings.Renewal), clock);

    /// <summary>Identifies this node in leases.</summary>
    public Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Claims sessions that are due for a check.</summary>
    /// <param name="limit">The largest number of sessions to claim.</param>
    /// <param name="ct">Cancels the statement.</param>
    public async Task<IReadOnlyList<SessionLease>> ClaimAsync(int limit, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id from claim_tavus_sessions($1, $2, $3)",
            [Node, timings.Lease, limit],
            row => TryHold(new TenantId(row.GetGuid(0)), new VideoSessionId(row.GetGuid(1))),
            ct);
        return [.. claimed.OfType<SessionLease>()];
    }

    /// <summary>
    /// Starts to renew the lease on a session whose row already names this node. Null when this node works on the session already: if the
    /// database was unreachable and the lease expired, this node keeps its sessions until another node claims them.
    /// </summary>
    public SessionLease? TryHold(TenantId tenant, VideoSessionId id)
    {
        var lost = new CancellationTokenSource();
        return _held.TryAdd(id, lost) ? new SessionLease(tenant, id, lost.Token) : null;
    }

    /// <summary>Releases a session until its next check.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="nextCheck">
    /// The time of the next check. Null keeps the time in the row, or sets it to now if Tavus has called back meanwhile.
    /// </param>
    public async Task ReleaseAsync(SessionLease lease, DateTimeOffset? nextCheck = null)
    {
        _held.Remove(lease.Id);
        var next = new NpgsqlParameter { Value = (object?)nextCheck ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
        try
        {
            await using var db = await database.BeginAsync(lease.Tenant, CancellationToken.None);
            await using var release = db.Command(
                """
                update tavus_sessions session
                set lease_owner = null, lease_until = null, next_check_at = case
                  when $3 is not null then $3
                  when exists (
                    select 1 from tavus_callbacks callback
                    where callback.session_id = session.id and callback.handled_at is null) then now()
                  else next_check_at end
                where id = $1 and lease_owner = $2
                """,
                [lease.Id.Value, Node, next]);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // The lease expires by itself.
            LogFailure(e);
        }

        signal.Raise();
    }

    /// <summary>Renews the leases until cancelled.</summary>
    public Task KeepAsync(CancellationToken ct) => _held.KeepAsync(RenewAsync, lost => lost.CancelAsync(), expire: null, LogFailure, ct);

    private void LogFailure(Exception exception)
    {
        if (DatabaseFaults.IsTransient(exception)) LogDatabaseUnavailable(exception);
        else LogFault(SanitizedException.From(exception));
    }

    private async Task<IReadOnlySet<VideoSessionId>> RenewAsync(IReadOnlyCollection<VideoSessionId> held, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select id from renew_tavus_sessions($1, $2, $3)");
        command.Parameters.Add(new() { Value = Node });
        command.Parameters.Add(new() { Value = timings.Lease });
        command.Parameters.Add(new() { Value = held.Select(id => id.Value).ToArray() });
        var renewed = new HashSet<VideoSessionId>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) renewed.Add(new VideoSessionId(rows.GetGuid(0)));
        return renewed;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; video session leases are renewed later")]
    private partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Renewing or releasing video session leases failed and is retried")]
    private partial void LogFault(Exception exception);
}
