using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Evaluation;

/// <summary>The run belongs to another worker by now, or it is gone.</summary>
public sealed class RunLostException() : OperationCanceledException("The lease on the run was lost.");

/// <summary>
/// A worker's hold on a run, and what it does to it. Every commit checks the hold, so a node that was frozen for longer than its lease does
/// not write over what another has done meanwhile.
/// </summary>
internal sealed record RunLease(TenantDatabase Database, TenantId Tenant, EvaluationRunId Run, Guid Worker)
{
    /// <summary>Finished runs that a tenant keeps.</summary>
    public const int MostKept = 50;

    /// <summary>The next question and the run it belongs to; no question when none is left or the tenant wants no more.</summary>
    /// <exception cref="RunLostException">Another worker has the run.</exception>
    public async Task<(EvaluationRunRow Run, EvaluationResultRow? Next)> TakeAsync(CancellationToken ct)
    {
        await using var db = await HoldAsync(ct);
        var run = await db.EvaluationRuns.AsNoTracking().SingleAsync(row => row.Id == Run, ct);
        if (run.CancelRequested) return (run, null);
        var next = await db.EvaluationResults.Where(row => row.RunId == Run && row.Result == null).OrderBy(row => row.Ordinal).FirstOrDefaultAsync(ct);
        if (next is null) return (run, null);
        next.Attempts++;
        await db.CommitAsync(ct);
        return (run, next);
    }

    public async Task SaveAsync(int ordinal, EvaluationResult result, ModelUse use, CancellationToken ct)
    {
        await using var db = await HoldAsync(ct);
        var row = await db.EvaluationResults.SingleAsync(candidate => candidate.RunId == Run && candidate.Ordinal == ordinal, ct);
        row.Result = result;
        await db.EvaluationRuns.Where(run => run.Id == Run).ExecuteUpdateAsync(set => set.SetProperty(run => run.Done, run => run.Done + 1), ct);
        if (!use.IsNothing) await UsageMeter.CountAsync(db, UsageMeter.Evaluation, Reference(ordinal), conversation: null, seconds: 0, use, ct);
        await db.CommitAsync(ct);
    }

    /// <summary>A node that stops in the middle says nothing against the question.</summary>
    public async Task GiveBackAsync(int ordinal, CancellationToken ct)
    {
        await using var db = await HoldAsync(ct);
        await db.EvaluationResults.Where(row => row.RunId == Run && row.Ordinal == ordinal && row.Result == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, row => (short)(row.Attempts - 1)), ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Ends the run with its metrics, and deletes the tenant's oldest beyond those that are kept.</summary>
    public async Task FinishAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await HoldAsync(ct);
        var run = await db.EvaluationRuns.SingleAsync(row => row.Id == Run, ct);
        var results = await db.EvaluationResults.AsNoTracking().Where(row => row.RunId == Run && row.Result != null).Select(row => row.Result!).ToListAsync(ct);
        run.Metrics = Scoring.Of(results);
        var error = results.Count > 0 && results.TrueForAll(result => result.Error is not null) ? results[0].Error : null;
        run.Status = run.CancelRequested ? EvaluationStatus.Cancelled : error is null ? EvaluationStatus.Finished : EvaluationStatus.Failed;
        run.Error = run.Status == EvaluationStatus.Failed ? $"None of the questions could be asked. The first: {error}" : null;
        run.FinishedAt = now;
        run.LeaseOwner = null;
        run.LeaseUntil = null;
        var old = await db.EvaluationRuns.Where(row => row.FinishedAt != null && row.Id != Run)
            .OrderByDescending(row => row.CreatedAt)
            .Skip(MostKept - 1)
            .Select(row => row.Id)
            .ToListAsync(ct);
        await db.EvaluationRuns.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Holds the run for longer, or gives it back at once. Whether the tenant wants it ended; null when it is held no more.</summary>
    public async Task<bool?> ExtendAsync(TimeSpan time, CancellationToken ct)
    {
        await using var db = await Database.BeginAsync(Tenant, ct);
        await using var command = db.Command(
            "update evaluation_runs set lease_until = now() + $3 where id = $1 and lease_owner = $2 and finished_at is null returning cancel_requested",
            [Run.Value, Worker, time]);
        var wanted = (bool?)await command.ExecuteScalarAsync(ct);
        await db.CommitAsync(ct);
        return wanted;
    }

    // A question's place in its run, as one id.
    private Guid Reference(int ordinal) => new(SHA256.HashData([.. Run.Value.ToByteArray(), .. BitConverter.GetBytes(ordinal)]).AsSpan(0, 16));

    private async Task<TenantDb> HoldAsync(CancellationToken ct)
    {
        var db = await Database.BeginAsync(Tenant, ct);
        try
        {
            await using var command = db.Command(
                "select 1 from evaluation_runs where id = $1 and lease_owner = $2 and finished_at is null for update",
                [Run.Value, Worker]);
            return await command.ExecuteScalarAsync(ct) is null ? throw new RunLostException() : db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
