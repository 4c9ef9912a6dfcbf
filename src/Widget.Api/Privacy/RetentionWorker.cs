using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Privacy;

/// <summary>A tenant whose old data is deleted.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Worker">The worker that has claimed it.</param>
internal sealed record RetentionLease(TenantId Tenant, Guid Worker);

/// <summary>
/// Deletes what is older than the tenant keeps it, a little in each transaction, so that visitors never wait for it. A tenant with much
/// to delete takes turns with the others.
/// </summary>
internal sealed partial class RetentionWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    WakeUpSignal<RetentionWorker> signal,
    TimeProvider clock,
    ILogger<RetentionWorker> logger)
    : LeasedWorker<RetentionLease>(new WorkerPace(TimeSpan.FromMinutes(5), MaxPause: TimeSpan.FromMinutes(10)), clock, signal)
{
    /// <summary>The most conversations or leads in a transaction.</summary>
    private const int Step = 100;

    private const int StepsATurn = 20;

    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    // A conversation with a meeting that has not ended stays until then. An owed answer is written first.
    private const string DeleteConversations =
        """
        with old as (
          select c.id from conversations c join privacy_settings s on s.tenant_id = c.tenant_id
          where c.tenant_id = $1 and c.created_at < now() - make_interval(days => s.conversation_days)
            and c.updated_at < now() - make_interval(days => s.conversation_days)
            and not exists (
              select from meetings m
              where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.state = 'booked' and m.ends_at > now())
            and not exists (select from pending_answers p where p.tenant_id = c.tenant_id and p.conversation_id = c.id)
          order by c.created_at
          limit $2)
        delete from conversations c using old where c.tenant_id = $1 and c.id = old.id
        """;

    // Visitors whose last conversation is gone.
    private const string DeleteVisitors =
        """
        delete from visitors v using (
          select v.id from visitors v join privacy_settings s on s.tenant_id = v.tenant_id
          where v.tenant_id = $1 and v.created_at < now() - make_interval(days => s.conversation_days)
            and not exists (select from conversations c where c.tenant_id = v.tenant_id and c.visitor_id = v.id)
          limit $2) old
        where v.tenant_id = $1 and v.id = old.id
        """;

    private const string DeleteLeads =
        """
        delete from leads l using (
          select l.id from leads l join privacy_settings s on s.tenant_id = l.tenant_id
          where l.tenant_id = $1 and l.created_at < now() - make_interval(days => s.lead_days)
            and not exists (
              select from lead_conversations k join conversations c on c.tenant_id = k.tenant_id and c.id = k.conversation_id
              where k.tenant_id = l.tenant_id and k.lead_id = l.id
                and c.updated_at >= now() - make_interval(days => s.lead_days))
            and not exists (
              select from meetings m
              where m.tenant_id = l.tenant_id and lower(m.email) = l.address and m.ends_at >= now() - make_interval(days => s.lead_days))
          order by l.created_at
          limit $2) old
        where l.tenant_id = $1 and l.id = old.id
        """;

    protected override LeaseTimes? Lease => Times;

    protected override async Task<RetentionLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id from claim_retention($1, $2)",
            [slot.Id, Times.Length],
            row => new RetentionLease(new TenantId(row.GetGuid(0)), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override async Task<bool> RenewAsync(RetentionLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await using var command = db.Command(
            "update privacy_settings set lease_until = clock_timestamp() + $3 where tenant_id = $1 and lease_owner = $2",
            [lease.Tenant.Value, lease.Worker, Times.Length]);
        var renewed = await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return renewed > 0;
    }

    protected override async Task RunAsync(RetentionLease lease, CancellationToken ct)
    {
        var (conversations, leads) = (0L, 0L);
        var isDone = false;
        for (var step = 0; step < StepsATurn && !isDone; step++)
        {
            var (oldConversations, oldVisitors, oldLeads) = await StepAsync(lease.Tenant, ct);
            (conversations, leads) = (conversations + oldConversations, leads + oldLeads);
            isDone = oldConversations < Step && oldVisitors < Step && oldLeads < Step;
        }

        await FinishAsync(lease, isDone, ct);
        if (conversations + leads > 0) LogDeleted(lease.Tenant.Value, conversations, leads);
    }

    // The counts are written with the deletion, so that they are right even if the node stops in between.
    private async Task<(int Conversations, int Visitors, int Leads)> StepAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var conversations = await DeleteAsync(db, DeleteConversations, ct);
        var visitors = await DeleteAsync(db, DeleteVisitors, ct);
        var leads = await DeleteAsync(db, DeleteLeads, ct);
        await using var counts = db.Command(
            """
            update privacy_settings
            set deleted_conversations = deleted_conversations + $2, deleted_leads = deleted_leads + $3
            where tenant_id = $1
            """,
            [tenant.Value, (long)conversations, (long)leads]);
        await counts.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return (conversations, visitors, leads);
    }

    private static async Task<int> DeleteAsync(TenantDb db, string sql, CancellationToken ct)
    {
        await using var command = db.Command(sql, [db.TenantId.Value, Step]);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private async Task FinishAsync(RetentionLease lease, bool isDone, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            """
            update privacy_settings
            set ran_at = now(), lease_owner = null, lease_until = null,
                due_at = case
                  when conversation_days is null and lead_days is null then null
                  when $3 then now() + interval '1 hour'
                  else now() end
            where tenant_id = $1 and lease_owner = $2
            """,
            [lease.Tenant.Value, lease.Worker, isDone]);
        await batch.RunAsync(ct);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Deleted {Conversations} conversations and {Leads} leads of tenant {Tenant} because of their age.")]
    private partial void LogDeleted(Guid tenant, long conversations, long leads);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not delete old data because the database is unavailable; trying again.")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deleting old data failed; it is tried again.")]
    protected override partial void LogFailure(Exception exception);
}
