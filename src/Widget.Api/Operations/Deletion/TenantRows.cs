using Npgsql;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Operations.Deletion;

/// <summary>
/// A tenant's rows in all tables. The list of tables comes from the database's catalog, so that none can be forgotten.
/// </summary>
internal sealed class TenantRows(NpgsqlDataSource owner)
{
    private const int MaxAttempts = 5;

    /// <summary>Returns the number of the tenant's rows in each table that has any.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(TenantId tenant, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        return await CountAsync(transaction, await ListAsync(transaction, ct), tenant, ct);
    }

    /// <summary>
    /// Takes the leases on all work in progress for the tenant, as another node would. The nodes that held them cancel their work and
    /// commit nothing more.
    /// </summary>
    public async Task TakeLeasesAsync(TenantId tenant, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        foreach (var table in await ListAsync(transaction, ct, "lease_owner"))
        {
            await using var take = transaction.Command(
                $"update {table} set lease_owner = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 hour' "
                    + "where tenant_id = $1",
                [tenant.Value]);
            take.CommandTimeout = 0;
            await take.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
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
            catch (PostgresException e) when (attempt < MaxAttempts
                && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation)
            {
                // A node was writing for the tenant at the same time.
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), TimeProvider.System, ct);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> TryDeleteAsync(TenantId tenant, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        // Blocks new work for the tenant until the commit: every new row needs to reference this one.
        await using (var hold = transaction.Command("select from tenants where tenant_id = $1 for update", [tenant.Value]))
            await hold.ExecuteNonQueryAsync(ct);
        // After the commit, watchers of a conversation read it again and find that it has been deleted.
        await using (var wake = transaction.Command(
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

        // Counted first, because deleting from one table can delete rows of another.
        var tables = await ListAsync(transaction, ct);
        var counts = await CountAsync(transaction, tables, tenant, ct);
        foreach (var table in tables)
        {
            await using var delete = transaction.Command($"delete from {table} where tenant_id = $1", [tenant.Value]);
            delete.CommandTimeout = 0;
            await delete.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return counts;
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountAsync(
        CrossTenantTransaction transaction,
        IReadOnlyList<string> tables,
        TenantId tenant,
        CancellationToken ct)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            await using var count = transaction.Command($"select count(*) from {table} where tenant_id = $1", [tenant.Value]);
            count.CommandTimeout = 0;
            if (await count.ExecuteScalarAsync(ct) is long rows and > 0) counts[table] = rows;
        }

        return counts;
    }

    // Lists the tables with the column, each before the tables that it references.
    private static async Task<IReadOnlyList<string>> ListAsync(
        CrossTenantTransaction transaction,
        CancellationToken ct,
        string column = "tenant_id")
    {
        var references = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        await using (var command = transaction.Command(
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
            while (await rows.ReadAsync(ct)) references[rows.GetString(0)] = [.. rows.GetFieldValue<string[]>(1)];
        }

        var ordered = new List<string>();
        while (references.Count > 0)
        {
            // If tables reference each other in a cycle, cascades delete the rest.
            var next = references.Keys.FirstOrDefault(table => !references.Any(other => other.Key != table && other.Value.Contains(table)))
                ?? references.Keys.First();
            ordered.Add(next);
            references.Remove(next);
        }

        return ordered;
    }
}
