using Npgsql;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>Wakes this node's workers when there is something to do at once; other nodes look by themselves.</summary>
public sealed class TavusKnowledgeSignal : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);

    public void Set() => _asked.Release();

    public Task WaitAsync(TimeSpan patience, CancellationToken ct) => _asked.WaitAsync(patience, ct);

    public void Dispose() => _asked.Dispose();
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
    private const int Workers = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);

    // After a fault of ours, so that it is not met without end.
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(Guid.CreateVersion7(), stoppingToken)));

    private async Task WorkAsync(Guid worker, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await leases.ClaimAsync(worker, stoppingToken) is { } lease) await RunAsync(lease, stoppingToken);
                else await signal.WaitAsync(Patience, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, this node goes on working.
                if (e is NpgsqlException or TimeoutException) LogDatabaseAway(e);
                else LogTrouble(e);
                await Task.Delay(Patience, clock, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private async Task RunAsync(MirrorLease lease, CancellationToken stoppingToken)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var renewing = RenewAsync(lease, held);
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
        catch (Exception e) when (e is not (NpgsqlException or TimeoutException or OperationCanceledException))
        {
            LogFault(e, lease.Tenant.Value);
        }
        finally
        {
            await held.CancelAsync();
            await renewing;
            // A node that stops leaves the rest to another at once.
            await leases.ReleaseAsync(lease, stoppingToken.IsCancellationRequested ? TimeSpan.Zero : pause, CancellationToken.None);
        }
    }

    private async Task RenewAsync(MirrorLease lease, CancellationTokenSource held)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal);
            while (await timer.WaitForNextTickAsync(held.Token))
                if (!await leases.RenewAsync(lease, held.Token)) await held.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The round ended.
        }
        catch (Exception e)
        {
            // Without renewal the lease runs out, and working without one is not allowed.
            LogDatabaseAway(e);
            await held.CancelAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Knowledge of tenant {Tenant} at Tavus looked after")]
    private partial void LogLookedAfter(Guid tenant);

    [LoggerMessage(Level = LogLevel.Information, Message = "Knowledge of tenant {Tenant} at Tavus left to another node")]
    private partial void LogLeft(Guid tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after the knowledge of tenant {Tenant} at Tavus met a fault; it will be tried again")]
    private partial void LogFault(Exception exception, Guid tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; knowledge at Tavus waits for it")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after knowledge at Tavus met a fault and goes on")]
    private partial void LogTrouble(Exception exception);
}
