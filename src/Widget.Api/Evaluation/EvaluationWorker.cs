using System.Diagnostics;
using Npgsql;
using Widget.Api.Answers;
using Widget.Rag.Storage;

namespace Widget.Api.Evaluation;

/// <summary>
/// Takes unfinished runs and asks their questions, one after another, a turn at a time, so that nobody's long run keeps the others
/// waiting. A run is held by a lease: when this node dies, another goes on at the question where it stopped.
/// </summary>
public sealed partial class EvaluationWorker(
    NpgsqlDataSource dataSource,
    EvaluationDatabase database,
    QuestionAsker asker,
    EvaluationSignal signal,
    TimeProvider clock,
    ILogger<EvaluationWorker> logger) : BackgroundService
{
    private const short MostAttempts = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Guid _worker = Guid.CreateVersion7();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(stoppingToken) is { } lease) await RunAsync(lease, stoppingToken);
                else await signal.WaitAsync(Patience, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                LogDatabaseAway(e);
                await Task.Delay(Patience, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                // The lease runs out, and the run is tried again.
                LogFault(e);
                await Task.Delay(Patience, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<RunLease?> ClaimAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, run_id from claim_evaluation_run($1, $2)");
        command.Parameters.Add(new() { Value = _worker });
        command.Parameters.Add(new() { Value = Lease });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new RunLease(database, new TenantId(row.GetGuid(0)), new EvaluationRunId(row.GetGuid(1)), _worker) : null;
    }

    private async Task RunAsync(RunLease lease, CancellationToken stoppingToken)
    {
        LogTaken(lease.Tenant, lease.Run);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(held.Token);
        var renewing = RenewAsync(lease, held, asking);
        try
        {
            await AskAllAsync(lease, asking, held.Token);
        }
        catch (OperationCanceledException e) when (held.IsCancellationRequested || e is RunLostException)
        {
            LogLeft(lease.Tenant, lease.Run);
            // Nobody need wait for the lease of a node that stops in good order.
            if (stoppingToken.IsCancellationRequested) await lease.ExtendAsync(TimeSpan.Zero, CancellationToken.None);
        }
        finally
        {
            await held.CancelAsync();
            await renewing;
        }
    }

    private async Task AskAllAsync(RunLease lease, CancellationTokenSource asking, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var (run, next) = await lease.TakeAsync(ct);
            if (next is null)
            {
                await lease.FinishAsync(clock.GetUtcNow(), ct);
                LogFinished(lease.Tenant, lease.Run);
                return;
            }

            try
            {
                using var tally = ModelTally.Begin();
                var result = next.Attempts > MostAttempts
                    ? QuestionAsker.Failed(next.Question, $"Asking this stopped the server {MostAttempts} times, so it was given up.", 0)
                    : await asker.AskAsync(lease.Tenant, next.Question, run.Strategy, run.WithAnswers, asking.Token);
                await lease.SaveAsync(next.Ordinal, result, tally.Use, ct);
            }
            catch (OperationCanceledException e) when (asking.IsCancellationRequested && e is not RunLostException)
            {
                await lease.GiveBackAsync(next.Ordinal, CancellationToken.None);
                // Cancelled by the tenant, not by the node: the next look ends the run.
                ct.ThrowIfCancellationRequested();
                continue;
            }
            catch (NpgsqlException)
            {
                // The database's trouble says nothing against the question.
                await lease.GiveBackAsync(next.Ordinal, CancellationToken.None);
                throw;
            }

            if (Stopwatch.GetElapsedTime(start) < Turn) continue;
            await lease.ExtendAsync(TimeSpan.Zero, ct);
            return;
        }
    }

    private async Task RenewAsync(RunLease lease, CancellationTokenSource held, CancellationTokenSource asking)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal, clock);
            while (await timer.WaitForNextTickAsync(held.Token))
            {
                var wanted = await lease.ExtendAsync(Lease, held.Token);
                if (wanted is null) await held.CancelAsync();
                else if (wanted is true) await asking.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The turn ended.
        }
        catch (Exception e)
        {
            // Whatever it was: without renewal the lease runs out, and working without one is not allowed.
            LogDatabaseAway(e);
            await held.CancelAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} has its turn")]
    private partial void LogTaken(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} ended")]
    private partial void LogFinished(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} left to another node")]
    private partial void LogLeft(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; evaluation waits for it")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "An evaluation run met a fault and will be tried again")]
    private partial void LogFault(Exception exception);
}
