using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Own;

namespace Widget.Api.Evaluation;

/// <summary>Why a run was not started.</summary>
public enum RunRefusal
{
    None,
    NoQuestions,
    AlreadyRunning,
}

/// <summary>A tenant's runs. Starting a run stores it with its questions; <see cref="EvaluationWorker"/> on any node asks them.</summary>
public sealed class EvaluationRuns(
    TenantDatabase database,
    TenantDatabase knowledge,
    TenantSettingsService settings,
    WakeUpSignal<EvaluationWorker> signal,
    TimeProvider clock)
{
    /// <summary>Starts a run.</summary>
    public async Task<(EvaluationRun? Run, RunRefusal Refusal)> StartAsync(
        TenantId tenant,
        EvaluationRunRequest request,
        CancellationToken ct)
    {
        var strategy = request.Strategy ?? (await settings.ReadAsync(tenant, ct)).SearchStrategy;
        var (documents, chunks) = await SizeAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.EvaluationRuns.AnyAsync(row => row.FinishedAt == null, ct)) return (null, RunRefusal.AlreadyRunning);
        var tags = request.Tags?.ToArray() ?? [];
        var questions = await db.EvaluationQuestions.AsNoTracking()
            .Where(row => tags.Length == 0 || row.Tags.Any(tag => tags.Contains(tag)))
            .OrderBy(row => row.Name)
            .Take(request.Limit ?? EvaluationQuestions.MaxQuestions)
            .ToListAsync(ct);
        if (questions.Count == 0) return (null, RunRefusal.NoQuestions);

        var run = new EvaluationRunRow
        {
            TenantId = tenant,
            Id = EvaluationRunId.New(),
            Strategy = strategy,
            WithAnswers = request.Answer,
            Total = questions.Count,
            Documents = documents,
            Chunks = chunks,
            CreatedAt = clock.GetUtcNow(),
        };
        db.EvaluationRuns.Add(run);
        db.EvaluationResults.AddRange(questions.Select((question, index) => new EvaluationResultRow
        {
            TenantId = tenant,
            RunId = run.Id,
            Ordinal = index + 1,
            Question = question.ToContract(),
        }));
        try
        {
            await db.CommitAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Another run has just started.
            return (null, RunRefusal.AlreadyRunning);
        }

        signal.Raise();
        return (run.ToContract(), RunRefusal.None);
    }

    /// <summary>The last runs, newest first.</summary>
    public async Task<IReadOnlyList<EvaluationRun>> ListAsync(TenantId tenant, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var runs = await db.EvaluationRuns.AsNoTracking()
            .OrderByDescending(row => row.CreatedAt)
            .ThenByDescending(row => row.Id)
            .Take(limit)
            .ToListAsync(ct);
        return [.. runs.Select(run => run.ToContract())];
    }

    /// <summary>A run with the results so far; null when the tenant has no such run.</summary>
    public async Task<EvaluationReport?> FindAsync(TenantId tenant, EvaluationRunId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await ReportAsync(db, id, ct);
    }

    /// <summary>Compares a run with an earlier one. Null when there is no such run, or none to compare it with.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The later run.</param>
    /// <param name="to">The earlier run; null for the last finished one before it.</param>
    /// <param name="ct">Cancels the queries.</param>
    public async Task<EvaluationDiff?> DiffAsync(TenantId tenant, EvaluationRunId id, EvaluationRunId? to, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await ReportAsync(db, id, ct) is not { } run) return null;
        to ??= await db.EvaluationRuns
            .Where(row => row.Status == EvaluationStatus.Finished && row.CreatedAt < run.Run.CreatedAt)
            .OrderByDescending(row => row.CreatedAt)
            .Select(row => (EvaluationRunId?)row.Id)
            .FirstOrDefaultAsync(ct);
        return to is { } earlier && await ReportAsync(db, earlier, ct) is { } other ? Comparison.Of(run, other) : null;
    }

    /// <summary>Cancels a run. False when the tenant has no such run in progress.</summary>
    public async Task<bool> CancelAsync(TenantId tenant, EvaluationRunId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var cancelled = await db.EvaluationRuns.Where(row => row.Id == id && row.FinishedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.CancelRequested, true), ct);
        await db.CommitAsync(ct);
        signal.Raise();
        return cancelled == 1;
    }

    /// <summary>Deletes a finished run. False when there is no such run.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, EvaluationRunId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.EvaluationRuns.Where(row => row.Id == id && row.FinishedAt != null).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted == 1;
    }

    private static async Task<EvaluationReport?> ReportAsync(TenantDb db, EvaluationRunId id, CancellationToken ct)
    {
        if (await db.EvaluationRuns.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } run) return null;
        var results = await db.EvaluationResults.AsNoTracking()
            .Where(row => row.RunId == id && row.Result != null)
            .OrderBy(row => row.Ordinal)
            .Select(row => row.Result!)
            .ToListAsync(ct);
        return new EvaluationReport(run.ToContract(Scoring.Of(results)), results);
    }

    private async Task<(int Documents, int Chunks)> SizeAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await knowledge.BeginAsync(tenant, ct);
        return (await db.Documents.CountAsync(ct), await db.Statistics.Select(row => row.ChunkCount).SingleOrDefaultAsync(ct));
    }
}
