using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Leads.Qualification;

/// <summary>A claimed entry of the list of leads to score.</summary>
internal sealed record ScoringLease(TenantId Tenant, long Entry, LeadId Lead, Guid Worker);

/// <summary>
/// Scores leads again after something has happened in their conversations, or after the qualification has changed. Triggers of the database
/// list them in the transaction of the cause (migration 0040).
/// </summary>
internal sealed partial class LeadScoringWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    WakeUpSignal<LeadScoringWorker> signal,
    TimeProvider clock,
    ILogger<LeadScoringWorker> logger) : LeasedWorker<ScoringLease>(Pace, clock, signal)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    protected override LeaseTimes? Lease => Times;

    protected override async Task<ScoringLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id, lead_id from claim_lead_to_score($1, $2)",
            [slot.Id, Times.Length],
            row => new ScoringLease(new TenantId(row.GetGuid(0)), row.GetInt64(1), new LeadId(row.GetGuid(2)), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override Task<bool> RenewAsync(ScoringLease lease, CancellationToken ct) => ExtendAsync(lease, Times.Length, ct);

    protected override async Task OnCancelledAsync(ScoringLease lease, bool isStopping)
    {
        if (isStopping) await ExtendAsync(lease, TimeSpan.Zero, CancellationToken.None);
    }

    protected override async Task RunAsync(ScoringLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await db.LockAsync(LeadRecorder.LockName, ct);
        // The entries go first. What is committed after this statement has an entry of its own.
        await using (var done = db.Command(
            "delete from leads_to_score where tenant_id = $1 and lead_id = $2",
            [lease.Tenant.Value, lease.Lead.Value]))
        {
            await done.ExecuteNonQueryAsync(ct);
        }

        if (await LeadMatches.TopAsync(db, lease.Lead, ct) is { } lead) await LeadScorer.ScoreAsync(db, lead, ct);
        await db.CommitAsync(ct);
        LogScored(lease.Tenant, lease.Lead);
    }

    private async Task<bool> ExtendAsync(ScoringLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            "update leads_to_score set lease_until = clock_timestamp() + $3 where id = $1 and lease_owner = $2 returning 1",
            [lease.Entry, lease.Worker, time]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Lead {Lead} of tenant {Tenant} was scored")]
    private partial void LogScored(TenantId tenant, LeadId lead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; leads are scored when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Scoring leads failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
