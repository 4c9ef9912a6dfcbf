using System.Text.RegularExpressions;
using Npgsql;

namespace Widget.Api.Tests.Operations;

/// <summary>
/// A tenant with a row in every tenant-owned table. Tables and columns come from the catalog, so a table that is added later is filled,
/// too, or fails the test that fills it.
/// </summary>
internal sealed partial class FilledTenant(NpgsqlDataSource superuser)
{
    // Values for columns whose check constraint is not a list of values. Those that may be null are filled, too.
    private static readonly Dictionary<string, string> Special = new(StringComparer.Ordinal)
    {
        ["tenants.slug"] = "'t' || md5(random()::text)",
        ["site_keys.key"] = "'pk_' || md5(random()::text)",
        ["allowed_origins.origin"] = "'https://' || md5(random()::text)",
        ["members.email"] = "md5(random()::text) || '@example.com'",
        // Ended, so that the deletion does not wait for the calls.
        ["tavus_sessions.state"] = "'ended'",
        ["voice_sessions.state"] = "'ended'",
        ["leads.phone"] = "'+493012345678'",
        ["lead_settings.qualification"] = "'{\"questions\": []}'",
        ["meetings.ends_at"] = "now() + interval '30 minutes'",
        // The deletion looks for this persona.
        ["tavus_personas.persona_id"] = "'p-left-over'",
    };

    public async Task<Guid> CreateAsync(CancellationToken ct)
    {
        var tenant = Guid.CreateVersion7();
        foreach (var table in await TablesAsync(ct))
        {
            var columns = await ColumnsAsync(table, ct);
#pragma warning disable CA2100 // Names from the catalog.
            await using var insert = superuser.CreateCommand(
                $"insert into {table} ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))}) "
                    + $"values ({string.Join(", ", columns.Select(column => column.Value))}) "
                    // A trigger of another table may have added the row.
                    + "on conflict do nothing");
#pragma warning restore CA2100
            insert.Parameters.Add(new() { Value = tenant });
            await insert.ExecuteNonQueryAsync(ct);
        }

        return tenant;
    }

    /// <summary>Tenant-owned tables. A table comes after the tables that it references.</summary>
    public async Task<IReadOnlyList<string>> TablesAsync(CancellationToken ct)
    {
        var waiting = new Dictionary<string, string[]>(StringComparer.Ordinal);
        await using (var command = superuser.CreateCommand(
            """
            select class.oid::regclass::text,
                   array(select confrelid::regclass::text from pg_constraint
                         where contype = 'f' and conrelid = class.oid and confrelid <> class.oid)
            from pg_class class join pg_attribute on attrelid = class.oid and attname = 'tenant_id' and not attisdropped
            where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace order by 1
            """))
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) waiting[rows.GetString(0)] = rows.GetFieldValue<string[]>(1);
        }

        var tables = new List<string>();
        while (waiting.Count > 0)
        {
            var next = waiting.First(table => table.Value.All(target => !waiting.ContainsKey(target))).Key;
            tables.Add(next);
            waiting.Remove(next);
        }

        return tables;
    }

    /// <summary>All of a tenant's rows in a table, as text.</summary>
    public async Task<string> ContentAsync(string table, Guid tenant, CancellationToken ct)
    {
#pragma warning disable CA2100 // A name from the catalog.
        await using var command = superuser.CreateCommand(
            $"select string_agg(owned::text, e'\\n' order by owned::text) from {table} owned where tenant_id = $1");
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = tenant });
        return await command.ExecuteScalarAsync(ct) as string ?? "";
    }

    private async Task<List<(string Name, string Value)>> ColumnsAsync(string table, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand(
            """
            select own.attname::text, format_type(own.atttypid, null),
                   (select format('(select %I from %s where tenant_id = $1 limit 1)', target.attname, confrelid::regclass)
                    from pg_constraint cross join lateral unnest(conkey, confkey) pair (here, there)
                    join pg_attribute target on target.attrelid = confrelid and target.attnum = pair.there
                    where contype = 'f' and conrelid = own.attrelid and pair.here = own.attnum and target.attname <> 'tenant_id' limit 1),
                   (select string_agg(pg_get_constraintdef(oid), ' ') from pg_constraint
                    where contype = 'c' and conrelid = own.attrelid and conkey = array[own.attnum])
            from pg_attribute own
            where attrelid = $1::regclass and attnum > 0 and not attisdropped and (attnotnull or attname = any($2))
              and not atthasdef and attidentity = '' and attgenerated = ''
            """);
        command.Parameters.Add(new() { Value = table });
        command.Parameters.Add(new()
        {
            Value = Special.Keys.Where(key => key.StartsWith($"{table}.", StringComparison.Ordinal))
                .Select(key => key[(table.Length + 1)..])
                .ToArray(),
        });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var columns = new List<(string, string)>();
        while (await rows.ReadAsync(ct))
        {
            var (name, type, target, check) = (
                rows.GetString(0),
                rows.GetString(1),
                rows.IsDBNull(2) ? null : rows.GetString(2),
                rows.IsDBNull(3) ? "" : rows.GetString(3));
            var value = name == "tenant_id"
                ? "$1"
                : Special.GetValueOrDefault($"{table}.{name}") ?? target ?? FirstAllowed(check) ?? LeastAllowed(check) ?? ValueOf(type);
            columns.Add((name, value));
        }

        if (!columns.Exists(column => column.Item1 == "tenant_id")) columns.Add(("tenant_id", "$1"));
        return columns;
    }

    // The first value of a check constraint's list.
    private static string? FirstAllowed(string check) => Listed().Match(check) is { Success: true } list ? list.Groups[1].Value : null;

    // The lower limit of a check constraint.
    private static string? LeastAllowed(string check) => Limited().Match(check) is { Success: true } limit ? limit.Groups[1].Value : null;

    private static string ValueOf(string type) => type switch
    {
        "uuid" => "gen_random_uuid()",
        "text" => "md5(random()::text)",
        "bytea" => "decode(md5(random()::text), 'hex')",
        "jsonb" => "'{}'",
        "boolean" => "false",
        "timestamp with time zone" => "now()",
        "date" => "current_date",
        "interval" => "interval '1 hour'",
        "smallint" or "integer" or "bigint" or "real" or "double precision" or "numeric" => "1",
        "tsvector" => "''",
        "halfvec" => "'[1,2]'",
        "sparsevec" => "'{1:1}/1000000000'",
        _ when type.EndsWith("[]", StringComparison.Ordinal) => "'{}'",
        _ => throw new NotSupportedException($"Say in {nameof(FilledTenant)} what a column of the type {type} may hold."),
    };

    [GeneratedRegex(@"(?:ANY \(\(?ARRAY\[|= )('[^']*')")]
    private static partial Regex Listed();

    [GeneratedRegex(@">= (\d+)\)")]
    private static partial Regex Limited();
}
