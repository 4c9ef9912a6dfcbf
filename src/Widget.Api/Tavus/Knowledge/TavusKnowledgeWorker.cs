using Widget.Platform.Database;
using Widget.Platform.Work;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>Wakes this node's workers when there is something to do at once; other nodes look by themselves.</summary>
public sealed class TavusKnowledgeSignal() : WorkerSignal(TavusKnowledgeWorker.Workers)
{
    public void Set() => Raise();
}

/// <summary>Looks after tenants' knowledge at Tavus as it becomes due, each by one node at a time.</summary>
public sealed partial class TavusKnowledgeWorker(
    MirrorLeases leases,
    TavusKnowledgeRound round,
    TavusKnowledgeSignal signal,
    TimeProvider clock,
    ILogger<TavusKnowledgeWorker> logger) : BackgroundService
{
    // So that one tenant's slow pages do not keep all others waiting.
    internal const int Workers = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // After a fault of ours, so that it is not met without end.
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(Guid.CreateVersion7(), stoppingToken)));

    private async Task WorkAsync(Guid worker, CancellationToken stoppingToken)
    {
        var pause = new Backoff(clock, Patience, LongestPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.ClaimAsync(worker, stoppingToken) is { } lease) await RunAsync(lease, stoppingToken);
                else await signal.WaitAsync(Patience, stoppingToken);
                pause.Reset();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, this node goes on working.
                Report(e);
                await pause.WaitAsync(stoppingToken);
            }
        }
    }

    private void Report(Exception exception)
    {
        if (DatabaseFaults.IsTransient(exception)) LogDatabaseAway(exception);
        else LogTrouble(LoggedException.Of(exception));
    }

    private async Task RunAsync(MirrorLease lease, CancellationToken stoppingToken)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var times = new LeaseTimes(MirrorLeases.Length, Renewal);
        var renewing = LeaseRenewal.KeepAsync(times, clock, held, ct => leases.RenewAsync(lease, ct), Report);
        TimeSpan? pause = AfterFault;
        try
        {
            pause = await round.RunAsync(lease, held.Token);
            LogLookedAfter(lease.Tenant.Value);
        }
        catch (Exception e) when (e is MirrorLeaseLostException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            LogLeft(lease.Tenant.Value);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            // Nothing against the round, which is due again at once.
            LogDatabaseAway(e);
            pause = Patience;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(LoggedException.Of(e), lease.Tenant.Value);
        }
        finally
        {
            await held.CancelAsync();
            await renewing;
            // A node that stops leaves the rest to another at once.
            await leases.ReleaseAsync(lease, stoppingToken.IsCancellationRequested ? TimeSpan.Zero : pause, CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Knowledge of tenant {Tenant} at Tavus looked after")]
    private partial void LogLookedAfter(Guid tenant);

    [LoggerMessage(Level = LogLevel.Information, Message = "Knowledge of tenant {Tenant} at Tavus left to another node")]
    private partial void LogLeft(Guid tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after the knowledge of tenant {Tenant} at Tavus met a fault; it will be tried again")]
    private partial void LogFault(Exception exception, Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; syncing knowledge with Tavus is paused")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after knowledge at Tavus met a fault and goes on")]
    private partial void LogTrouble(Exception exception);
}
