using Npgsql;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Operations.Deletion;

/// <summary>
/// A tenant's rows in all tables. The tables are read from the database's catalog, so that none can be forgotten.
/// </summary>
internal sealed class TenantRows(NpgsqlDataSource owner)
{
    private const int MostAttempts = 5;

    /// <summary>The number of the tenant's rows in each table that has any.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(TenantId tenant, CancellationToken ct)
    {
        await using var across = await AcrossTenants.BeginAsync(owner, ct);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await ListAsync(across, ct))
        {
            await using var count = across.Command($"select count(*) from {table} where tenant_id = $1", [tenant.Value]);
            count.CommandTimeout = 0;
            if (await count.ExecuteScalarAsync(ct) is long rows and > 0) counts[table] = rows;
        }

        return counts;
    }

    /// <summary>
    /// Takes the leases on all work in progress for the tenant, as another node would. The nodes that held them stop gracefully and
    /// commit nothing more.
    /// </summary>
    public async Task TakeLeasesAsync(TenantId tenant, CancellationToken ct)
    {
        await using var across = await AcrossTenants.BeginAsync(owner, ct);
        foreach (var table in await ListAsync(across, ct, "lease_owner"))
        {
            await using var take = across.Command(
                $"update {table} set lease_owner = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 hour' "
                    + "where tenant_id = $1",
                [tenant.Value]);
            take.CommandTimeout = 0;
            await take.ExecuteNonQueryAsync(ct);
        }

        await across.CommitAsync(ct);
    }

    /// <summary>Deletes the tenant's rows in all tables, in one transaction.</summary>
    /// <returns>The number of deleted rows in each table.</returns>
    public async Task<IReadOnlyDictionary<string, long>> DeleteAsync(TenantId tenant, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryDeleteAsync(tenant, ct);
            }
            catch (PostgresException e) when (attempt < MostAttempts
                && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation)
            {
                // A node was writing for the tenant at the same time.
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), TimeProvider.System, ct);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> TryDeleteAsync(TenantId tenant, CancellationToken ct)
    {
        await using var across = await AcrossTenants.BeginAsync(owner, ct);
        // Blocks new work for the tenant until the commit: every new row needs to reference this one.
        await using (var hold = across.Command("select from tenants where tenant_id = $1 for update", [tenant.Value]))
            await hold.ExecuteNonQueryAsync(ct);
        // Watchers of a conversation read it again after the commit, and find that it is gone.
        await using (var wake = across.Command(
            """
            select pg_notify($2, concat_ws(':', tenant_id, id, last_seq))
            from (
                select * from conversations
                where tenant_id = $1 and updated_at > now() - interval '1 day'
                order by updated_at desc limit 10000) recent
            """,
            [tenant.Value, ConversationLog.Channel]))
        {
            await wake.ExecuteNonQueryAsync(ct);
        }

        var deleted = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await ListAsync(across, ct))
        {
            await using var delete = across.Command($"delete from {table} where tenant_id = $1", [tenant.Value]);
            delete.CommandTimeout = 0;
            if (await delete.ExecuteNonQueryAsync(ct) is > 0 and var rows) deleted[table] = rows;
        }

        await across.CommitAsync(ct);
        return deleted;
    }

    // Referencing tables first, so that every row is counted before a cascade deletes it.
    private static async Task<IReadOnlyList<string>> ListAsync(AcrossTenants across, CancellationToken ct, string column = "tenant_id")
    {
        var pointing = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        await using (var command = across.Command(
            """
            select class.oid::regclass::text,
                   array(
                       select distinct confrelid::regclass::text from pg_constraint
                       where contype = 'f' and conrelid = class.oid and confrelid <> class.oid)
            from pg_class class
            where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
              and exists (select from pg_attribute where attrelid = class.oid and attname = 'tenant_id' and not attisdropped)
              and exists (select from pg_attribute where attrelid = class.oid and attname = $1 and not attisdropped)
            order by 1
            """,
            [column]))
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) pointing[rows.GetString(0)] = [.. rows.GetFieldValue<string[]>(1)];
        }

        var ordered = new List<string>();
        while (pointing.Count > 0)
        {
            // If tables reference each other in a cycle, cascades delete the rest.
            var next = pointing.Keys.FirstOrDefault(table => !pointing.Any(other => other.Key != table && other.Value.Contains(table)))
                ?? pointing.Keys.First();
            ordered.Add(next);
            pointing.Remove(next);
        }

        return ordered;
    }
}
