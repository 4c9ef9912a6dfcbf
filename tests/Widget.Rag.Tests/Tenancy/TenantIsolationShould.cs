using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Tenancy;

public sealed class TenantIsolationShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Show_nothing_when_no_tenant_is_set()
    {
        await WithDocumentAsync();

        foreach (var table in await TenantTablesAsync())
        {
            await using var command = _database.ApplicationSource.CreateCommand($"select count(*) from {table}");
            if (await MayReadAsync(table)) (await command.ExecuteScalarAsync(Ct)).ShouldBe(0L, table);
        }
    }

    [Fact]
    public async Task Leave_nothing_of_one_tenant_on_a_pooled_connection_for_the_next()
    {
        var (a, b) = (await WithDocumentAsync(), await WithDocumentAsync());
        // A pool this small passes every connection from tenant to tenant. Connection poolers do not reset a connection between clients, so
        // this pool does not either.
        var connection = new NpgsqlConnectionStringBuilder(_database.Application)
        {
            MaxPoolSize = 4,
            NoResetOnClose = true,
        }.ConnectionString;
        await using var pool = ApplicationDataSource.Create(connection);
        var database = new TenantDatabase(pool, RagServices.Tables);
        var seen = new ConcurrentBag<(TenantId Asked, TenantId[] Found)>();

        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (i, ct) =>
        {
            var tenant = i % 2 == 0 ? a : b;
            await using (var db = await database.BeginAsync(tenant, ct))
            {
                seen.Add((tenant, await db.Documents.IgnoreQueryFilters().Select(row => row.TenantId).ToArrayAsync(ct)));
                // Half of the transactions commit, half are aborted.
                if (i % 4 < 2) await db.CommitAsync(ct);
            }

            await using var forgetful = pool.CreateCommand("select count(*) from documents");
            (await forgetful.ExecuteScalarAsync(ct)).ShouldBe(0L);
        });

        seen.Count.ShouldBe(1_000);
        seen.ShouldAllBe(entry => entry.Found.Length == 1 && entry.Found[0] == entry.Asked);
    }

    [Fact]
    public async Task Refuse_to_write_for_another_tenant()
    {
        var (a, b) = (await _database.AddTenantAsync(), await _database.AddTenantAsync());
        var database = new TenantDatabase(_database.ApplicationSource, RagServices.Tables);

        await using var db = await database.BeginAsync(a, Ct);
        await using var insert = db.Command(
            "insert into sources (tenant_id, id, kind) values ($1, $2, 'import')",
            [b.Value, Guid.CreateVersion7()]);

        var refusal = await Should.ThrowAsync<PostgresException>(() => insert.ExecuteNonQueryAsync(Ct));
        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Refuse_to_save_an_entity_of_another_tenant()
    {
        var (a, b) = (await _database.AddTenantAsync(), await _database.AddTenantAsync());
        await using var db = await new TenantDatabase(_database.ApplicationSource, RagServices.Tables).BeginAsync(a, Ct);
        db.Sources.Add(new Source { TenantId = b, Id = SourceId.New(), Kind = SourceKind.Import });

        await Should.ThrowAsync<InvalidOperationException>(() => db.CommitAsync(Ct));
    }

    [Fact]
    public async Task Not_let_a_row_point_into_another_tenant()
    {
        var (a, b) = (await WithDocumentAsync(), await _database.AddTenantAsync());
        var database = new TenantDatabase(_database.ApplicationSource, RagServices.Tables);
        Guid source;
        await using (var db = await database.BeginAsync(a, Ct)) source = (await db.Sources.SingleAsync(Ct)).Id.Value;

        await using var other = await database.BeginAsync(b, Ct);
        await using var insert = other.Command(
            "insert into ingestion_jobs (tenant_id, id, source_id, discovery, page_limit) values ($1, $2, $3, 'given', 1)",
            [b.Value, Guid.CreateVersion7(), source]);

        var refusal = await Should.ThrowAsync<PostgresException>(() => insert.ExecuteNonQueryAsync(Ct));
        refusal.SqlState.ShouldBe(PostgresErrorCodes.ForeignKeyViolation);
    }

    [Fact]
    public async Task Guard_every_table_that_carries_a_tenant()
    {
        await using var command = _database.OwnerSource.CreateCommand(
            """
            select relname::text, relrowsecurity, relforcerowsecurity,
                   (select string_agg(concat_ws(' ', polname,
                           case when polroles = '{0}' then 'for all' when polroles = array[relowner] then 'for the owner'
                           else 'for others' end,
                                                polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)),
                            e'\n' order by polname)
                    from pg_policy where polrelid = pg_class.oid)
            from pg_class
            where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
              and exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'tenant_id' and not attisdropped)
            """);
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var tables = 0;
        while (await rows.ReadAsync(Ct))
        {
            tables++;
            rows.GetBoolean(1).ShouldBeTrue($"{rows.GetString(0)} has no row-level security");
            rows.GetBoolean(2).ShouldBeTrue($"{rows.GetString(0)} does not hold its owner to row-level security");
            rows.GetString(3).ReplaceLineEndings("\n").ShouldBe(
                """
                across_tenants for the owner * t ( SELECT looks_across_tenants() AS looks_across_tenants)
                tenant for all * t (tenant_id = ( SELECT current_tenant() AS current_tenant))
                """.ReplaceLineEndings("\n"),
                $"{rows.GetString(0)} must have the policies of all tenant-owned tables and no others");
        }

        tables.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Set_the_search_path_in_every_function_that_runs_as_the_owner()
    {
        await using var command = _database.OwnerSource.CreateCommand(
            """
            select string_agg(proname, ' ' order by proname)
                   filter (where proconfig is distinct from array['search_path=pg_catalog, public, pg_temp']),
                   string_agg(proname, ' ' order by proname) filter (where has_function_privilege('public', oid, 'execute')),
                   count(*)
            from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
            """);
        await using var row = await command.ExecuteReaderAsync(Ct);
        await row.ReadAsync(Ct);
        row.IsDBNull(0).ShouldBeTrue(row.IsDBNull(0) ? null : $"Another search path, or other settings: {row.GetString(0)}");
        row.IsDBNull(1).ShouldBeTrue(row.IsDBNull(1) ? null : $"Every role may call {row.GetString(1)}");
        row.GetInt64(2).ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Not_use_a_temporary_table_instead_of_a_real_one()
    {
        // A function that runs as the owner must not use objects that the caller has created.
        await using var connection = await _database.ApplicationSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText =
            """
            create temp table tenants as select gen_random_uuid() as tenant_id, 'planted'::text as slug, 'Planted'::text as name;
            select count(*) from tenant_by_slug('planted')
            """;
        (await command.ExecuteScalarAsync(Ct)).ShouldBe(0L);
    }

    [Fact]
    public async Task Give_the_application_a_role_with_row_level_security()
    {
        await using var command = _database.ApplicationSource.CreateCommand(
            """
            select rolsuper or rolbypassrls or rolcreaterole or exists (select from pg_class where relowner = pg_roles.oid)
            from pg_roles where rolname = current_user
            """);
        (await command.ExecuteScalarAsync(Ct)).ShouldBe(false);
    }

    private async Task<TenantId> WithDocumentAsync()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [("one", "One", "The only document of this tenant.")]);
        return tenant;
    }

    private async Task<List<string>> TenantTablesAsync()
    {
        await using var command = _database.OwnerSource.CreateCommand(
            "select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'");
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var tables = new List<string>();
        while (await rows.ReadAsync(Ct)) tables.Add(rows.GetString(0));
        return tables;
    }

    private async Task<bool> MayReadAsync(string table)
    {
        await using var command = _database.ApplicationSource.CreateCommand($"select has_table_privilege('{table}', 'select')");
        return (bool)(await command.ExecuteScalarAsync(Ct))!;
    }
}
