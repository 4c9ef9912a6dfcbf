using Widget.Api.Leads.Qualification;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Merging;

/// <summary>The outcome of merging two leads or of undoing it.</summary>
internal enum MergeOutcome
{
    Done,

    /// <summary>There is no such lead.</summary>
    NotFound,

    /// <summary>There is no lead to merge into.</summary>
    TargetNotFound,

    /// <summary>Both are the same.</summary>
    Same,

    /// <summary>One of them was merged into another lead before.</summary>
    AlreadyMerged,

    /// <summary>The lead is not merged.</summary>
    NotMerged,
}

/// <summary>
/// Merges leads of the same person, and undoes it. The merged lead keeps its row and its conversations, with a pointer to the other one.
/// The lead that stays shows what both know.
/// </summary>
internal sealed class LeadMerges(TenantDatabase database)
{
    /// <summary>Merges a lead into another one.</summary>
    public async Task<MergeOutcome> MergeAsync(TenantId tenant, LeadId lead, LeadId into, LeadActor actor, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(LeadRecorder.LockName, ct);
        if (await LeadMatches.TopAsync(db, lead, ct) is not { } top) return MergeOutcome.NotFound;
        if (await LeadMatches.TopAsync(db, into, ct) is not { } target) return MergeOutcome.TargetNotFound;
        if (lead == into) return MergeOutcome.Same;
        if (top != lead || target != into) return MergeOutcome.AlreadyMerged;
        await MergeAsync(db, lead, into, actor, ct);
        await db.CommitAsync(ct);
        return MergeOutcome.Done;
    }

    /// <summary>Separates a lead from the one that it was merged into. Those that were merged into it stay with it.</summary>
    public async Task<MergeOutcome> UndoAsync(TenantId tenant, LeadId lead, LeadActor actor, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(LeadRecorder.LockName, ct);
        if (await LeadMatches.TopAsync(db, lead, ct) is not { } top) return MergeOutcome.NotFound;
        if (top == lead) return MergeOutcome.NotMerged;
        await RunAsync(
            db,
            "update leads set merged_into = null, merged_at = null, top_id = null where tenant_id = $1 and id = $2",
            [db.TenantId.Value, lead.Value],
            ct);
        await RunAsync(
            db,
            "update leads set top_id = $2 where tenant_id = $1 and id in (select leads_below($1, $2))",
            [db.TenantId.Value, lead.Value],
            ct);
        await LeadHistory.AddAsync(db, lead, "unmerged", actor, [new FieldChange("lead", top.ToString(), null)], ct);
        await LeadHistory.AddAsync(db, top, "unmerged", actor, [new FieldChange("lead", lead.ToString(), null)], ct);
        await LeadScorer.ScoreAsync(db, lead, ct);
        await LeadScorer.ScoreAsync(db, top, ct);
        await db.CommitAsync(ct);
        return MergeOutcome.Done;
    }

    /// <summary>Merges two leads that are not merged, within a transaction that holds the lock of leads.</summary>
    public static async Task MergeAsync(TenantDb db, LeadId lead, LeadId into, LeadActor actor, CancellationToken ct)
    {
        await RunAsync(
            db,
            "update leads set merged_into = $3, merged_at = clock_timestamp(), top_id = $3 where tenant_id = $1 and id = $2",
            [db.TenantId.Value, lead.Value, into.Value],
            ct);
        await RunAsync(
            db,
            "update leads set top_id = $3 where tenant_id = $1 and top_id = $2",
            [db.TenantId.Value, lead.Value, into.Value],
            ct);
        await LeadHistory.AddAsync(db, into, "merged", actor, [new FieldChange("lead", null, lead.ToString())], ct);
        await LeadScorer.ScoreAsync(db, into, ct);
    }

    private static async Task RunAsync(TenantDb db, string sql, object?[] parameters, CancellationToken ct)
    {
        await using var command = db.Command(sql, parameters);
        await command.ExecuteNonQueryAsync(ct);
    }
}
