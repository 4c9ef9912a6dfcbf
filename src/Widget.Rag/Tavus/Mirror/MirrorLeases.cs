using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>Who looks after which tenant's knowledge at Tavus, and when next.</summary>
public sealed class MirrorLeases(NpgsqlDataSource dataSource, TenantDatabase database)
{
    /// <summary>How long a worker has before another may take over, unless it renews.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>Takes the tenant that has been due longest; null when none is.</summary>
    public async Task<MirrorLease?> ClaimAsync(Guid worker, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id from claim_tavus_knowledge($1, $2)");
        command.Parameters.Add(new() { Value = worker });
        command.Parameters.Add(new() { Value = Length });
        return await command.ExecuteScalarAsync(ct) is Guid tenant ? new MirrorLease(new TenantId(tenant), worker) : null;
    }

    /// <summary>False when another has it by now.</summary>
    public Task<bool> RenewAsync(MirrorLease lease, CancellationToken ct) =>
        UpdateAsync(lease, "update tavus_knowledge set lease_until = clock_timestamp() + $2 where lease_owner = $1", Length, ct);

    /// <summary>Gives it back until it is due again.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="pause">How long; null when nobody wants it any more.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<bool> ReleaseAsync(MirrorLease lease, TimeSpan? pause, CancellationToken ct) =>
        // Whoever asked for a round while this one was under way gets it.
        UpdateAsync(
            lease,
            """
            update tavus_knowledge
            set due_at = case when asked then clock_timestamp() else clock_timestamp() + $2 end, lease_owner = null, lease_until = null
            where lease_owner = $1
            """,
            pause,
            ct);

    /// <summary>Has a tenant's knowledge looked after at once, and what failed before tried again.</summary>
    public async Task AskAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            "insert into tavus_knowledge (tenant_id, asked) values ($1, true) on conflict (tenant_id) do update set due_at = clock_timestamp(), asked = true",
            [tenant.Value]);
        await command.ExecuteNonQueryAsync(ct);
        await using var retry = db.Command("update tavus_documents set retry_at = clock_timestamp() where retry_at is not null");
        await retry.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    /// <summary>
    /// Has a tenant's knowledge looked after soon, for somebody who looks on. It waits for nobody, tries nothing again that failed, and does nothing while a
    /// round is under way, so looking on often costs little.
    /// </summary>
    public async Task NudgeAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            update tavus_knowledge set due_at = clock_timestamp()
            where tenant_id in (select tenant_id from tavus_knowledge where lease_owner is null and due_at > clock_timestamp() for update skip locked)
            """);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    private async Task<bool> UpdateAsync(MirrorLease lease, string sql, TimeSpan? time, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await using var command = db.Command(sql, [lease.Worker, new NpgsqlParameter { Value = (object?)time ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval }]);
        var held = await command.ExecuteNonQueryAsync(ct) == 1;
        await db.CommitAsync(ct);
        return held;
    }
}
