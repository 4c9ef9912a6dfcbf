using System.Collections.Concurrent;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Api.Tavus.Sessions;

/// <summary>
/// Sees to it that every call is ended, whatever happens to pages, callbacks and nodes. A session says when it wants to be looked at; whichever node
/// comes first takes it for the length of a lease and looks (<see cref="SessionKeeping"/>). A node that dies loses its leases, so a session is never
/// out of sight for longer than that.
/// </summary>
public sealed partial class SessionKeeper(NpgsqlDataSource dataSource, VideoDatabase database, SessionKeeping keeping, VideoSignal signal, ILogger<SessionKeeper> logger) : BackgroundService
{
    /// <summary>Longer than the slowest look: four requests to a Tavus that takes its time.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);
    private const int MostAtOnce = 32;

    private readonly ConcurrentDictionary<VideoSessionId, Task> _looks = [];

    /// <summary>Names this node in leases.</summary>
    internal Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Something wants to be looked at now.</summary>
    internal void Raise() => signal.Raise();

    /// <summary>Gives a session back, for whoever is to look at it next.</summary>
    internal async Task ReleaseAsync(TenantId tenant, VideoSessionId id, DateTimeOffset? nextCheck = null)
    {
        try
        {
            await using var db = await database.BeginAsync(tenant, CancellationToken.None);
            await using var release = db.Command(
                """
                update tavus_sessions session
                set lease_owner = null, lease_until = null, next_check_at = case
                  when $3 is not null then $3
                  when exists (select 1 from tavus_callbacks callback where callback.session_id = session.id and callback.handled_at is null) then now()
                  else next_check_at end
                where id = $1 and lease_owner = $2
                """,
                [id.Value, Node, new NpgsqlParameter { Value = (object?)nextCheck ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz }]);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Its lease runs out.
            LogDatabaseAway(e);
        }

        Raise();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // One that takes its time keeps nobody waiting but itself.
                if (_looks.Count < MostAtOnce)
                    foreach (var (tenant, id) in await ClaimAsync(MostAtOnce - _looks.Count, stoppingToken)) Start(tenant, id, stoppingToken);
                await signal.WaitAsync(Patience, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                await Task.WhenAll(_looks.Values);
                return;
            }
            catch (Exception e)
            {
                LogDatabaseAway(e);
                await Task.Delay(Patience, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<List<(TenantId Tenant, VideoSessionId Id)>> ClaimAsync(int most, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, id from claim_tavus_sessions($1, $2, $3)");
        command.Parameters.Add(new() { Value = Node });
        command.Parameters.Add(new() { Value = Lease });
        command.Parameters.Add(new() { Value = most });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var taken = new List<(TenantId, VideoSessionId)>();
        while (await rows.ReadAsync(ct)) taken.Add((new TenantId(rows.GetGuid(0)), new VideoSessionId(rows.GetGuid(1))));
        return taken;
    }

    private void Start(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        var look = LookAsync(tenant, id, ct);
        _looks[id] = look;
        _ = look.ContinueWith(
            _ =>
            {
                _looks.TryRemove(KeyValuePair.Create(id, look));
                Raise();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task LookAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        DateTimeOffset? next = null;
        try
        {
            await keeping.LookAsync(tenant, id, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The next node takes it up where it is.
        }
        catch (Exception e)
        {
            // One session's trouble is not the others'.
            LogFault(e, id);
            next = DateTimeOffset.UtcNow + AfterFault;
        }

        await ReleaseAsync(tenant, id, next);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; video sessions are seen to when it is back")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking at video session {Session} met a fault")]
    private partial void LogFault(Exception exception, VideoSessionId session);
}
