using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>Decides which worker synchronises a tenant's knowledge with Tavus, and when next.</summary>
public sealed class MirrorLeases(NpgsqlDataSource dataSource, TenantDatabase database)
{
    /// <summary>How long a lease lasts unless it is renewed.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>Claims the tenant that has been due longest; null when none is due.</summary>
    public async Task<MirrorLease?> ClaimAsync(Guid worker, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id from claim_tavus_knowledge($1, $2)",
            [worker, Length],
            row => new MirrorLease(new TenantId(row.GetGuid(0)), worker),
            ct);
        return claimed.SingleOrDefault();
    }

    /// <summary>Renews a lease; false when another worker holds it.</summary>
    public Task<bool> RenewAsync(MirrorLease lease, CancellationToken ct) =>
        UpdateAsync(lease, "update tavus_knowledge set lease_until = clock_timestamp() + $2 where lease_owner = $1", Length, ct);

    /// <summary>Gives up a lease until the tenant is due again.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="pause">The time until then; null when there is nothing more to synchronise.</param>
    /// <param name="ct">Cancels the operation.</param>
    public Task<bool> ReleaseAsync(MirrorLease lease, TimeSpan? pause, CancellationToken ct) =>
        // A round that was requested during this one starts at once.
        UpdateAsync(
            lease,
            """
            update tavus_knowledge
            set due_at = case when asked then clock_timestamp() else clock_timestamp() + $2 end, lease_owner = null, lease_until = null
            where lease_owner = $1
            """,
            pause,
            ct);

    /// <summary>Requests a round at once, which also retries the documents that failed before.</summary>
    public async Task RequestSyncAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            insert into tavus_knowledge (tenant_id, asked) values ($1, true)
            on conflict (tenant_id) do update set due_at = clock_timestamp(), asked = true
            """,
            [tenant.Value]);
        await command.ExecuteNonQueryAsync(ct);
        await using var retry = db.Command("update tavus_documents set retry_at = clock_timestamp() where retry_at is not null");
        await retry.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    /// <summary>
    /// Makes the next round start soon, for a person who watches the console. Frequent calls are cheap: it does not wait for locks, does
    /// not retry failed documents, and does nothing during a round.
    /// </summary>
    public async Task SyncSoonAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            update tavus_knowledge set due_at = clock_timestamp()
            where tenant_id in (
              select tenant_id from tavus_knowledge
              where lease_owner is null and due_at > clock_timestamp()
              for update skip locked)
            """);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    private async Task<bool> UpdateAsync(MirrorLease lease, string sql, TimeSpan? time, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        var interval = new NpgsqlParameter { Value = (object?)time ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval };
        await using var command = db.Command(sql, [lease.Worker, interval]);
        var held = await command.ExecuteNonQueryAsync(ct) == 1;
        await db.CommitAsync(ct);
        return held;
    }
}
