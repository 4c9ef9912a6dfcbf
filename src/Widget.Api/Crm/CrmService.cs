using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Crm;

/// <summary>Connections to customer relationship systems, and which leads have been sent to them.</summary>
internal sealed class CrmService(TenantDatabase database, TenantSecrets secrets, WakeUpSignal<CrmWorker> signal)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    public static string NameOf(CrmKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Adds or replaces a connection. Leads that were refused are sent again.</summary>
    public async Task SaveAsync(TenantId tenant, CrmAccount account, CancellationToken ct)
    {
        var kind = NameOf(account.Kind);
        var settings = JsonSerializer.Serialize<object>(account.Settings, Json);
        await using var batch = database.Batch(tenant)
            .Add(
                """
                insert into crm_connections (tenant_id, kind, settings, fields) values ($1, $2, $3, $4)
                on conflict (tenant_id, kind) do update set settings = excluded.settings, fields = excluded.fields, error = null
                """,
                [
                    tenant.Value,
                    kind,
                    secrets.Encrypt(tenant, SecretName(kind), settings),
                    new NpgsqlParameter
                    {
                        Value = JsonSerializer.Serialize(account.Settings.Fields, Json),
                        NpgsqlDbType = NpgsqlDbType.Jsonb,
                    },
                ])
            .Add(
                """
                update crm_records
                set due_at = clock_timestamp(), attempts = 0, failed_at = null, error = null, changed_at = clock_timestamp()
                where tenant_id = $1 and kind = $2 and sent_version < version
                """,
                [tenant.Value, kind]);
        await batch.RunAsync(ct);
        signal.Raise();
    }

    /// <summary>Sends all leads that the system does not have. Returns how many. Null if the system is not connected.</summary>
    public async Task<long?> SendAllAsync(TenantId tenant, CrmKind kind, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await db.CrmConnections.AnyAsync(row => row.Kind == NameOf(kind), ct)) return null;
        await using var command = db.Command(
            """
            insert into crm_records as record (tenant_id, kind, lead_id) select $1, $2, id from leads where tenant_id = $1
            on conflict (tenant_id, kind, lead_id) do update set
              due_at = clock_timestamp(), attempts = 0, failed_at = null, error = null, changed_at = clock_timestamp()
            where record.sent_version < record.version
            """,
            [tenant.Value, NameOf(kind)]);
        var count = await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        signal.Raise();
        return count;
    }

    public async Task<IReadOnlyList<CrmConnection>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select kind, fields::text, created_at, delivered_at, error,
              (select count(*) from crm_records where tenant_id = $1 and kind = connection.kind and sent_version = version),
              (select count(*) from crm_records where tenant_id = $1 and kind = connection.kind and due_at is not null),
              (select count(*) from crm_records where tenant_id = $1 and kind = connection.kind and failed_at is not null)
            from crm_connections connection where tenant_id = $1 order by kind
            """,
            [tenant.Value]);
        await using var rows = await batch.ReadAsync(ct);
        var connections = new List<CrmConnection>();
        while (await rows.ReadAsync(ct))
        {
            connections.Add(new CrmConnection
            {
                Kind = Enum.Parse<CrmKind>(rows.GetString(0), ignoreCase: true),
                Fields = JsonSerializer.Deserialize<Dictionary<string, string>>(rows.GetString(1), Json)!,
                CreatedAt = rows.GetFieldValue<DateTimeOffset>(2),
                DeliveredAt = rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3),
                Error = rows.IsDBNull(4) ? null : rows.GetString(4),
                Delivered = rows.GetInt64(5),
                Waiting = rows.GetInt64(6),
                Failed = rows.GetInt64(7),
            });
        }

        return connections;
    }

    /// <summary>Returns the tenant's connection, and whether it exists. The account is null if its keys cannot be decrypted.</summary>
    public async Task<(bool Exists, CrmAccount? Account)> FindAsync(TenantId tenant, CrmKind kind, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var row = await db.CrmConnections.AsNoTracking().SingleOrDefaultAsync(row => row.Kind == NameOf(kind), ct);
        return (row is not null, row is null ? null : Decrypt(row));
    }

    /// <summary>Removes a connection. What the system has stays there. Returns false if there was none.</summary>
    public async Task<bool> RemoveAsync(TenantId tenant, CrmKind kind, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "delete from crm_connections where tenant_id = $1 and kind = $2 returning 1",
            [tenant.Value, NameOf(kind)]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    /// <summary>Returns whether leads have been sent to a system, the last change first.</summary>
    public async Task<CrmRecordPage> RecordsAsync(
        TenantId tenant,
        CrmKind kind,
        string? state,
        Guid? after,
        int limit,
        CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select lead_id, state, remote_id, delivered_at, attempts, error
            from (
              select *, case when failed_at is not null then 'failed' when due_at is not null then 'waiting' else 'delivered' end as state
              from crm_records where tenant_id = $1 and kind = $2
            ) record
            where ($3::text is null or state = $3)
              and ($4::uuid is null or (changed_at, lead_id) < (
                select last.changed_at, last.lead_id from crm_records last
                where last.tenant_id = $1 and last.kind = $2 and last.lead_id = $4))
            order by changed_at desc, lead_id desc
            limit $5
            """,
            [
                tenant.Value,
                NameOf(kind),
                Text(state),
                new NpgsqlParameter { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                limit + 1,
            ]);
        await using var rows = await batch.ReadAsync(ct);
        var items = new List<CrmRecord>();
        while (await rows.ReadAsync(ct))
        {
            items.Add(new CrmRecord
            {
                LeadId = rows.GetGuid(0),
                State = rows.GetString(1),
                RemoteId = rows.IsDBNull(2) ? null : rows.GetString(2),
                DeliveredAt = rows.IsDBNull(3) ? null : rows.GetFieldValue<DateTimeOffset>(3),
                Attempts = rows.GetInt32(4),
                Error = rows.IsDBNull(5) ? null : rows.GetString(5),
            });
        }

        if (items.Count <= limit) return new CrmRecordPage(items, Next: null);
        items.RemoveAt(limit);
        return new CrmRecordPage(items, items[^1].LeadId.ToString());
    }

    /// <summary>Sends a lead again. Returns false if there is no such lead for this system.</summary>
    public async Task<bool> RetryAsync(TenantId tenant, CrmKind kind, Guid lead, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            update crm_records set version = version + 1, due_at = clock_timestamp(), attempts = 0, failed_at = null, error = null,
              changed_at = clock_timestamp()
            where tenant_id = $1 and kind = $2 and lead_id = $3 returning 1
            """,
            [tenant.Value, NameOf(kind), lead]);
        await using (var row = await batch.ReadAsync(ct))
            if (!await row.ReadAsync(ct)) return false;
        signal.Raise();
        return true;
    }

    internal async Task<(CrmAccount? Account, CrmRecordRow? Record)> ReadAsync(CrmLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        var record = await db.CrmRecords.AsNoTracking()
            .SingleOrDefaultAsync(row => row.Kind == lease.Kind && row.LeadId == lease.Lead, ct);
        var connection = await db.CrmConnections.AsNoTracking().SingleOrDefaultAsync(row => row.Kind == lease.Kind, ct);
        return connection is null ? (null, null) : (Decrypt(connection), record);
    }

    internal async Task<bool> ExtendAsync(CrmLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            """
            update crm_records set lease_until = clock_timestamp() + $5
            where tenant_id = $1 and kind = $2 and lead_id = $3 and lease_owner = $4 returning 1
            """,
            [lease.Tenant.Value, lease.Kind, lease.Lead, lease.Worker, time]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    // If the lead has changed meanwhile, it stays due.
    internal async Task SucceedAsync(CrmLease lease, string? remoteId, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant)
            .Add(
                """
                update crm_records set sent_version = $5, remote_id = $6, delivered_at = clock_timestamp(), error = null, failed_at = null,
                  due_at = case when version = $5 then null else due_at end, lease_owner = null, lease_until = null
                where tenant_id = $1 and kind = $2 and lead_id = $3 and lease_owner = $4
                """,
                [lease.Tenant.Value, lease.Kind, lease.Lead, lease.Worker, lease.Version, Text(remoteId)])
            .Add(
                "update crm_connections set delivered_at = clock_timestamp(), error = null where tenant_id = $1 and kind = $2",
                [lease.Tenant.Value, lease.Kind]);
        await batch.RunAsync(ct);
    }

    internal async Task FailAsync(CrmLease lease, CrmException failure, TimeSpan pause, bool isFinal, CancellationToken ct)
    {
        var batch = database.Batch(lease.Tenant).Add(
            """
            update crm_records set error = $6, failed_at = case when $8 and version = $5 then clock_timestamp() end,
              due_at = case when $8 and version = $5 then null else clock_timestamp() + $7 end, lease_owner = null, lease_until = null
            where tenant_id = $1 and kind = $2 and lead_id = $3 and lease_owner = $4
            """,
            [lease.Tenant.Value, lease.Kind, lease.Lead, lease.Worker, lease.Version, failure.Message, pause, isFinal]);
        if (failure.Fault == CrmFault.Access)
        {
            batch.Add(
                "update crm_connections set error = $3 where tenant_id = $1 and kind = $2",
                [lease.Tenant.Value, lease.Kind, failure.Message]);
        }

        await using (batch) await batch.RunAsync(ct);
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private CrmAccount? Decrypt(CrmConnectionRow row)
    {
        if (secrets.Decrypt(row.TenantId, SecretName(row.Kind), row.Settings) is not { } settings) return null;
        return new CrmAccount(row.Kind == NameOf(CrmKind.HubSpot)
            ? JsonSerializer.Deserialize<HubSpotConnection>(settings, Json)!
            : JsonSerializer.Deserialize<SalesforceConnection>(settings, Json)!);
    }

    private static string SecretName(string kind) => $"crm:{kind}";
}
