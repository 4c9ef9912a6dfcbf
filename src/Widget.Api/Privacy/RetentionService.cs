using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Privacy;

/// <summary>Reads and changes how long a tenant keeps data.</summary>
internal sealed class RetentionService(TenantDatabase database, WakeUpSignal<RetentionWorker> signal)
{
    public async Task<RetentionState> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Set<PrivacySettingsRow>().AsNoTracking().SingleOrDefaultAsync(ct) is { } row
            ? new RetentionState(
                new RetentionSettings { ConversationDays = row.ConversationDays, LeadDays = row.LeadDays },
                row.DeletedConversations,
                row.DeletedLeads,
                row.RanAt)
            : new RetentionState(new RetentionSettings(), 0, 0, null);
    }

    public async Task SaveAsync(TenantId tenant, RetentionSettings settings, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            insert into privacy_settings (tenant_id, conversation_days, lead_days, due_at)
            values ($1, $2, $3, case when $2 is null and $3 is null then null else now() end)
            on conflict (tenant_id) do update set
              conversation_days = excluded.conversation_days, lead_days = excluded.lead_days, due_at = excluded.due_at
            """,
            [tenant.Value, Days(settings.ConversationDays), Days(settings.LeadDays)]);
        await batch.RunAsync(ct);
        signal.Raise();
    }

    private static NpgsqlParameter Days(int? days) => new() { Value = (object?)days ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };
}
