using System.Collections.Concurrent;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>
/// Sees to it that every call is ended, whatever happens to pages, callbacks and nodes. A session says when it wants to be looked at; whichever node
/// comes first takes it (<see cref="SessionLeases"/>) and looks (<see cref="VideoSessionReconciler"/>).
/// </summary>
public sealed partial class SessionKeeper(
    SessionLeases leases,
    VideoSessionReconciler reconciler,
    VideoSignal signal,
    TimeProvider clock,
    ILogger<SessionKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);
    private const int MostAtOnce = 32;

    private readonly ConcurrentDictionary<SessionLease, Task> _looks = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until the last look is over its lease is kept, the server's stop or not.
        using var over = new CancellationTokenSource();
        var kept = leases.KeepAsync(over.Token);
        await KeepAsync(stoppingToken);
        await Task.WhenAll(_looks.Values);
        await over.CancelAsync();
        await kept;
    }

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        var pause = new Backoff(clock, Patience, LongestPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // One that takes its time keeps nobody waiting but itself.
                if (_looks.Count < MostAtOnce)
                    foreach (var lease in await leases.ClaimAsync(MostAtOnce - _looks.Count, stoppingToken)) Start(lease, stoppingToken);
                pause.Reset();
                await signal.WaitAsync(Patience, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (DatabaseFaults.IsTransient(e)) LogDatabaseAway(e);
                else LogTrouble(LoggedException.Of(e));
                await pause.WaitAsync(stoppingToken);
            }
        }
    }

    private void Start(SessionLease lease, CancellationToken ct)
    {
        var look = LookAsync(lease, ct);
        _looks[lease] = look;
        _ = look.ContinueWith(
            _ =>
            {
                _looks.TryRemove(lease, out var _);
                signal.Raise();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task LookAsync(SessionLease lease, CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lease.Lost);
        DateTimeOffset? next = null;
        try
        {
            await reconciler.ReconcileAsync(lease.Tenant, lease.Id, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The next node takes it up where it is.
        }
        catch (Exception e)
        {
            // One session's trouble is not the others'.
            if (DatabaseFaults.IsTransient(e)) LogDatabaseAway(e);
            else LogFault(LoggedException.Of(e), lease.Id);
            next = clock.GetUtcNow() + AfterFault;
        }

        await leases.ReleaseAsync(lease, next);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; video sessions are checked later")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for video sessions that are due failed and is retried")]
    private partial void LogTrouble(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking at video session {Session} met a fault")]
    private partial void LogFault(Exception exception, VideoSessionId session);
}
