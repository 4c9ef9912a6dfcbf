using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Evaluation;

/// <summary>
/// A worker's lease on a run. Every commit checks the lease, so a node that was frozen for longer than its lease does not overwrite
/// another worker's results.
/// </summary>
public sealed class RunLease(TenantDatabase database, TenantId tenant, EvaluationRunId id, Guid worker) : IDisposable
{
    private readonly CancellationTokenSource _cancelRequested = new();

    /// <summary>The number of finished runs that are kept for a tenant.</summary>
    public const int MaxFinishedRuns = 50;

    public TenantId Tenant { get; } = tenant;

    public EvaluationRunId Run { get; } = id;

    /// <summary>Cancelled when a renewal finds that the tenant has cancelled the run.</summary>
    public CancellationToken CancelRequested => _cancelRequested.Token;

    /// <summary>
    /// Starts an attempt at the next question. No question is left when all are asked or the tenant has cancelled the run.
    /// </summary>
    /// <exception cref="LeaseLostException">Another worker has the lease.</exception>
    internal async Task<(EvaluationRunRow Run, EvaluationResultRow? Next)> TakeAsync(CancellationToken ct)
    {
        await using var db = await BeginWithLeaseAsync(ct);
        var run = await db.EvaluationRuns.AsNoTracking().SingleAsync(row => row.Id == Run, ct);
        if (run.CancelRequested) return (run, null);
        var next = await db.EvaluationResults.Where(row => row.RunId == Run && row.Result == null)
            .OrderBy(row => row.Ordinal)
            .FirstOrDefaultAsync(ct);
        if (next is null) return (run, null);
        next.Attempts++;
        await db.CommitAsync(ct);
        return (run, next);
    }

    /// <summary>Saves the result of a question and its usage.</summary>
    internal async Task SaveAsync(int ordinal, EvaluationResult result, ModelUse use, CancellationToken ct)
    {
        await using var db = await BeginWithLeaseAsync(ct);
        var row = await db.EvaluationResults.SingleAsync(candidate => candidate.RunId == Run && candidate.Ordinal == ordinal, ct);
        row.Result = result;
        await db.EvaluationRuns.Where(candidate => candidate.Id == Run)
            .ExecuteUpdateAsync(set => set.SetProperty(candidate => candidate.Done, candidate => candidate.Done + 1), ct);
        if (!use.IsEmpty)
            await UsageMeter.CountAsync(db, UsageMeter.Evaluation, Reference(ordinal), conversation: null, seconds: 0, use, ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Undoes an attempt that failed for another reason than the question, such as a stopping node.</summary>
    public async Task GiveBackAsync(int ordinal, CancellationToken ct)
    {
        await using var db = await BeginWithLeaseAsync(ct);
        await db.EvaluationResults.Where(row => row.RunId == Run && row.Ordinal == ordinal && row.Result == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, row => (short)(row.Attempts - 1)), ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Ends the run with its metrics, and deletes the tenant's oldest runs beyond <see cref="MaxFinishedRuns"/>.</summary>
    public async Task FinishAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await BeginWithLeaseAsync(ct);
        var run = await db.EvaluationRuns.SingleAsync(row => row.Id == Run, ct);
        var results = await db.EvaluationResults.AsNoTracking()
            .Where(row => row.RunId == Run && row.Result != null)
            .Select(row => row.Result!)
            .ToListAsync(ct);
        run.Metrics = Scoring.Of(results);
        var error = results.Count > 0 && results.TrueForAll(result => result.Error is not null) ? results[0].Error : null;
        run.Status = run.CancelRequested ? EvaluationStatus.Cancelled : error is null ? EvaluationStatus.Finished : EvaluationStatus.Failed;
        run.Error = run.Status == EvaluationStatus.Failed
            ? $"None of the questions could be asked. The error of the first one: {error}"
            : null;
        run.FinishedAt = now;
        run.LeaseOwner = null;
        run.LeaseUntil = null;
        var old = await db.EvaluationRuns.Where(row => row.FinishedAt != null && row.Id != Run)
            .OrderByDescending(row => row.CreatedAt)
            .Skip(MaxFinishedRuns - 1)
            .Select(row => row.Id)
            .ToListAsync(ct);
        await db.EvaluationRuns.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Extends the lease, or releases it if the time is zero. False when the lease is lost or the run has ended.</summary>
    public async Task<bool> ExtendAsync(TimeSpan time, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(Tenant, ct);
        await using var command = db.Command(
            """
            update evaluation_runs set lease_until = now() + $3
            where id = $1 and lease_owner = $2 and finished_at is null
            returning cancel_requested
            """,
            [Run.Value, worker, time]);
        var isCancelled = (bool?)await command.ExecuteScalarAsync(ct);
        await db.CommitAsync(ct);
        if (isCancelled is true) await _cancelRequested.CancelAsync();
        return isCancelled is not null;
    }

    public void Dispose() => _cancelRequested.Dispose();

    // One id for a question of the run, so that its usage is counted once.
    private Guid Reference(int ordinal) =>
        new(SHA256.HashData([.. Run.Value.ToByteArray(), .. BitConverter.GetBytes(ordinal)]).AsSpan(0, 16));

    private async Task<TenantDb> BeginWithLeaseAsync(CancellationToken ct)
    {
        var db = await database.BeginAsync(Tenant, ct);
        try
        {
            await using var command = db.Command(
                "select 1 from evaluation_runs where id = $1 and lease_owner = $2 and finished_at is null for update",
                [Run.Value, worker]);
            return await command.ExecuteScalarAsync(ct) is null ? throw new LeaseLostException() : db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
