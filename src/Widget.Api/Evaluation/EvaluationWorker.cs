using Npgsql;
using Widget.Api.Answers;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Evaluation;

/// <summary>
/// Claims unfinished runs and asks their questions one after another. It works on a run for a time slice, so that a long run does not block
/// others. If this node dies, another node continues with the question where it stopped.
/// </summary>
public sealed partial class EvaluationWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    QuestionAsker asker,
    WakeUpSignal<EvaluationWorker> signal,
    TimeProvider clock,
    ILogger<EvaluationWorker> logger) : LeasedWorker<RunLease>(Pace, clock, signal)
{
    private const short MaxAttempts = 3;
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromSeconds(15));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(15), Renewal: TimeSpan.FromSeconds(3));
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(10);

    protected override LeaseTimes? Lease => Times;

    protected override async Task<RunLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, run_id from claim_evaluation_run($1, $2)",
            [slot.Id, Times.Length],
            row => new RunLease(database, new TenantId(row.GetGuid(0)), new EvaluationRunId(row.GetGuid(1)), slot.Id),
            ct);
        foreach (var lease in claimed) LogClaimed(lease.Tenant, lease.Run);
        return claimed.SingleOrDefault();
    }

    protected override Task<bool> RenewAsync(RunLease lease, CancellationToken ct) => lease.ExtendAsync(Times.Length, ct);

    protected override async Task OnCancelledAsync(RunLease lease, bool isStopping)
    {
        LogReleased(lease.Tenant, lease.Run);
        if (isStopping) await lease.ExtendAsync(TimeSpan.Zero, CancellationToken.None);
    }

    protected override Task OnEndedAsync(RunLease lease)
    {
        lease.Dispose();
        return Task.CompletedTask;
    }

    protected override async Task RunAsync(RunLease lease, CancellationToken ct)
    {
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.CancelRequested);
        var start = Clock.GetTimestamp();
        while (true)
        {
            var (run, next) = await lease.TakeAsync(ct);
            if (next is null)
            {
                await lease.FinishAsync(Clock.GetUtcNow(), ct);
                LogFinished(lease.Tenant, lease.Run);
                return;
            }

            try
            {
                await AskAsync(lease, run, next, asking.Token, ct);
            }
            catch (OperationCanceledException e) when (asking.IsCancellationRequested && e is not LeaseLostException)
            {
                await lease.GiveBackAsync(next.Ordinal, CancellationToken.None);
                // Continue only if the tenant has cancelled the run. The next step then ends it.
                ct.ThrowIfCancellationRequested();
                continue;
            }
            catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
            {
                // The question did not cause the failure, so the attempt does not count. Undo it when the database is available again.
                await DatabaseRetry.RunAsync(token => lease.GiveBackAsync(next.Ordinal, token), Clock, LogDatabaseUnavailable, ct);
                throw;
            }

            if (Clock.GetElapsedTime(start) < Slice) continue;
            await lease.ExtendAsync(TimeSpan.Zero, ct);
            return;
        }
    }

    private async Task AskAsync(
        RunLease lease,
        EvaluationRunRow run,
        EvaluationResultRow next,
        CancellationToken asking,
        CancellationToken ct)
    {
        using var tally = ModelTally.Begin();
        var result = next.Attempts > MaxAttempts
            ? QuestionAsker.Failed(
                next.Question,
                $"Asking this question stopped the server {MaxAttempts} times, so it is not asked again.",
                milliseconds: 0)
            : await asker.AskAsync(lease.Tenant, next.Question, run.Strategy, run.WithAnswers, asking);
        await lease.SaveAsync(next.Ordinal, result, tally.Use, ct);
    }

    protected override void LogFailure(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Claimed evaluation run {Run} of tenant {Tenant}")]
    private partial void LogClaimed(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evaluation run {Run} of tenant {Tenant} ended")]
    private partial void LogFinished(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Information, Message = "Released evaluation run {Run} of tenant {Tenant} to another node")]
    private partial void LogReleased(TenantId tenant, EvaluationRunId run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; evaluation is paused")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "An evaluation run failed unexpectedly and is retried")]
    private partial void LogFault(Exception exception);
}
