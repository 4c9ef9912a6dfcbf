using Npgsql;
using Widget.Api.Answers;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Evaluation;

/// <summary>
/// Takes unfinished runs and asks their questions, one after another, a turn at a time, so that nobody's long run keeps the others
/// waiting. A run is held by a lease: when this node dies, another goes on at the question where it stopped.
/// </summary>
public sealed partial class EvaluationWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
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
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private readonly Guid _worker = Guid.CreateVersion7();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = new Backoff(clock, Patience, LongestPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimAsync(stoppingToken) is { } lease) await RunAsync(lease, stoppingToken);
                else await signal.WaitAsync(Patience, stoppingToken);
                pause.Reset();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The lease runs out, and the run is tried again.
                Report(e);
                await pause.WaitAsync(stoppingToken);
            }
        }
    }

    private void Report(Exception exception)
    {
        if (DatabaseFaults.IsTransient(exception)) LogDatabaseAway(exception);
        else LogFault(LoggedException.Of(exception));
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
        var renewing = LeaseRenewal.KeepAsync(new LeaseTimes(Lease, Renewal), clock, held, ct => RenewAsync(lease, asking, ct), Report);
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
        var start = clock.GetTimestamp();
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
            catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
            {
                // A database fault does not count against the question; it is put back when the database is available again.
                await DatabaseRetry.RunAsync(token => lease.GiveBackAsync(next.Ordinal, token), clock, LogDatabaseAway, ct);
                throw;
            }

            if (clock.GetElapsedTime(start) < Turn) continue;
            await lease.ExtendAsync(TimeSpan.Zero, ct);
            return;
        }
    }

    // False when another worker has the run.
    private static async Task<bool> RenewAsync(RunLease lease, CancellationTokenSource asking, CancellationToken ct)
    {
        var wanted = await lease.ExtendAsync(Lease, ct);
        if (wanted is true) await asking.CancelAsync();
        return wanted is not null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} has its turn")]
    private partial void LogTaken(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} ended")]
    private partial void LogFinished(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} left to another node")]
    private partial void LogLeft(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; evaluation is paused")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "An evaluation run met a fault and will be tried again")]
    private partial void LogFault(Exception exception);
}
