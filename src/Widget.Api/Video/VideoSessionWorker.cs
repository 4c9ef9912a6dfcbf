using System.Collections.Concurrent;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>
/// Makes sure that every call is ended, even if its page, its callbacks or its node fail. A session stores the time of its next check. When
/// it is due, one node claims the session (<see cref="SessionLeases"/>) and checks it (<see cref="VideoSessionReconciler"/>).
/// </summary>
public sealed partial class VideoSessionWorker(
    SessionLeases leases,
    VideoSessionReconciler reconciler,
    WakeUpSignal<VideoSessionWorker> signal,
    TimeProvider clock,
    ILogger<VideoSessionWorker> logger) : BackgroundWorker(clock)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(5);
    private const int MaxConcurrent = 32;

    private readonly ConcurrentDictionary<SessionLease, Task> _checks = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The leases are renewed until the last check has ended, even while the node stops.
        using var allChecked = new CancellationTokenSource();
        var renewing = leases.KeepAsync(allChecked.Token);
        await RepeatAsync(ClaimAsync, Poll, MaxPause, stoppingToken);
        await Task.WhenAll(_checks.Values);
        await allChecked.CancelAsync();
        await renewing;
    }

    private async Task ClaimAsync(CancellationToken ct)
    {
        // The checks run in the background, so a slow one does not block the others.
        if (_checks.Count < MaxConcurrent)
            foreach (var lease in await leases.ClaimAsync(MaxConcurrent - _checks.Count, ct)) Start(lease, ct);
        await signal.WaitAsync(Poll, Clock, ct);
    }

    private void Start(SessionLease lease, CancellationToken stopping)
    {
        var check = CheckAsync(lease, stopping);
        _checks[lease] = check;
        _ = check.ContinueWith(
            _ =>
            {
                _checks.TryRemove(lease, out var _);
                signal.Raise();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task CheckAsync(SessionLease lease, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        DateTimeOffset? next = null;
        try
        {
            await reconciler.ReconcileAsync(lease.Tenant, lease.Id, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Another node continues where this one stopped.
        }
        catch (Exception e)
        {
            if (DatabaseFaults.IsTransient(e)) LogDatabaseUnavailable(e);
            else LogFault(SanitizedException.From(e), lease.Id);
            next = Clock.GetUtcNow() + FaultPause;
        }

        await leases.ReleaseAsync(lease, next);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; video sessions are checked later")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Claiming video sessions that are due failed and is retried")]
    protected override partial void LogFailure(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Checking video session {Session} failed")]
    private partial void LogFault(Exception exception, VideoSessionId session);
}
