using Npgsql;
using Widget.Migrations;
using Widget.Testing;

namespace Widget.Rag.Tests.Tenancy;

/// <summary>Table owners as operators have them. They are not superusers, to whom row-level security never applies.</summary>
public sealed class OwnersShould(DatabaseFixture fixture)
{
    private const string One = "00000000-0000-0000-0000-000000000001";
    private const string Two = "00000000-0000-0000-0000-000000000002";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task See_no_rows_without_a_tenant()
    {
        await using var owner = await PlainOwner.CreateAsync(fixture.Database.Owner);
        var connection = await owner.DatabaseAsync();
        await Database.MigrateAsync(connection, Ct);
        await using var source = NpgsqlDataSource.Create(connection);
        await AddTwoTenantsAsync(source);

        foreach (var table in await TenantTablesAsync(source)) (await CountAsync(source, table)).ShouldBe(0L, table);

        (await CountAsync(source, "visitors", $"set local app.tenant_id = '{One}'")).ShouldBe(1L);
        (await CountAsync(source, "visitors", "set local app.across_tenants = 'on'")).ShouldBe(2L);
        (await CountAsync(source, "visitors")).ShouldBe(0L, "the setting ends with its transaction");
        await using var superuser = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(fixture.Database.Owner)
            {
                Database = new NpgsqlConnectionStringBuilder(connection).Database,
            }.ConnectionString);
        (await CountAsync(superuser, "visitors", $"set local role {owner.Name}"))
            .ShouldBe(0L, "also with the owner's role set");
        await Should.ThrowAsync<PostgresException>(
            () => DoAsync(source, $"insert into visitors (tenant_id, id) values ('{One}', gen_random_uuid())"));
    }

    [Fact]
    public async Task Not_let_the_application_access_all_tenants()
    {
        await using var owner = await PlainOwner.CreateAsync(fixture.Database.Owner);
        var connection = await owner.DatabaseAsync();
        await Database.MigrateAsync(connection, Ct);
        await using var source = NpgsqlDataSource.Create(connection);
        await AddTwoTenantsAsync(source);
        var application = await Database.CreateApplicationLoginAsync(connection, owner.Role($"{owner.Name}_app"), "secret", Ct);

        await using var login = NpgsqlDataSource.Create(application);
        (await CountAsync(login, "visitors", "set local app.across_tenants = 'on'; set local search_path = pg_catalog, public, pg_temp"))
            .ShouldBe(0L);
        (await CountAsync(login, "visitors", $"set local app.tenant_id = '{One}'; set local app.across_tenants = 'on'")).ShouldBe(1L);
    }

    [Fact]
    public async Task Provide_functions_that_work_across_tenants()
    {
        await using var owner = await PlainOwner.CreateAsync(fixture.Database.Owner);
        var connection = await owner.DatabaseAsync();
        await Database.MigrateAsync(connection, Ct);
        await using var source = NpgsqlDataSource.Create(connection);
        await AddTwoTenantsAsync(source);
        await using var login = NpgsqlDataSource.Create(
            await Database.CreateApplicationLoginAsync(connection, owner.Role($"{owner.Name}_app"), "secret", Ct));

        await ShouldAnswerAcrossTenantsAsync(login);
    }

    [Fact]
    public async Task Bring_an_installation_with_data_up_to_date()
    {
        await using var owner = await PlainOwner.CreateAsync(fixture.Database.Owner);
        var connection = await owner.DatabaseAsync();
        await using var superuser = NpgsqlDataSource.Create(fixture.Database.Owner);
        await EarlierVersion.MigrateBeforeAsync("0019", connection, Ct);
        await using var source = NpgsqlDataSource.Create(connection);
        await AddTwoTenantsAsync(source);
        // Its login dates from before, when the first installation on the server owned the role.
        var login = owner.Role($"{owner.Name}_app");
        await DoAsync(superuser, $"create role {login} login password 'secret' in role {ApplicationRole.Shared}");

        (await Database.MigrateAsync(connection, Ct)).ShouldContain("0026_forced_row_level_security");

        foreach (var table in await TenantTablesAsync(source)) (await CountAsync(source, table)).ShouldBe(0L, table);
        (await CountAsync(source, "visitors", "set local app.across_tenants = 'on'")).ShouldBe(2L);
        await using var application = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connection) { Username = login, Password = "secret" }.ConnectionString);
        await ShouldAnswerAcrossTenantsAsync(application);
        (await CountAsync(application, "visitors", $"set local app.tenant_id = '{Two}'")).ShouldBe(1L);
        (await Database.MigrateAsync(connection, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Share_a_server_without_sharing_a_role()
    {
        await using var first = await PlainOwner.CreateAsync(fixture.Database.Owner);
        await using var second = await PlainOwner.CreateAsync(fixture.Database.Owner);
        var (one, two) = (await first.DatabaseAsync(), await second.DatabaseAsync());

        // A second installation has no rights in the first one's database.
        await Database.MigrateAsync(one, Ct);
        await Database.MigrateAsync(two, Ct);
        var ofOne = await Database.CreateApplicationLoginAsync(one, first.Role($"{first.Name}_app"), "secret", Ct);
        var ofTwo = await Database.CreateApplicationLoginAsync(two, second.Role($"{second.Name}_app"), "secret", Ct);

        foreach (var application in new[] { ofOne, ofTwo })
        {
            await using var source = NpgsqlDataSource.Create(application);
            (await CountAsync(source, "tenants")).ShouldBe(0L);
        }

        // The login of one has no rights in the other's database.
        await using var stranger = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ofOne) { Database = new NpgsqlConnectionStringBuilder(two).Database }.ConnectionString);
        (await Should.ThrowAsync<PostgresException>(() => CountAsync(stranger, "tenants"))).SqlState.ShouldBe(
            PostgresErrorCodes.InsufficientPrivilege);
        // Repeated, as at every upgrade.
        (await Database.MigrateAsync(two, Ct)).ShouldBeEmpty();
        await Database.CreateApplicationLoginAsync(two, $"{second.Name}_app", "another", Ct);
    }

    [Fact]
    public async Task Grant_an_existing_login_the_rights_in_this_database()
    {
        await using var owner = await PlainOwner.CreateAsync(fixture.Database.Owner);
        var connection = await owner.DatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await DoAsync(source, $"create role {owner.Role($"{owner.Name}_app")} login");
        await Database.MigrateAsync(connection, Ct);

        await using var application = NpgsqlDataSource.Create(
            await Database.CreateApplicationLoginAsync(connection, $"{owner.Name}_app", "secret", Ct));
        (await CountAsync(application, "tenants")).ShouldBe(0L);
    }

    [Theory]
    [InlineData("widget", "widget_app_role")]
    [InlineData("sales_2026", "sales_2026_app_role")]
    public void Name_the_applications_role_by_the_database(string database, string role) => ApplicationRole.For(database).ShouldBe(role);

    [Theory]
    [InlineData("My Database")]
    [InlineData("my-database")]
    [InlineData("my_database'; drop role x; --")]
    [InlineData("2026")]
    [InlineData("pg_like")]
    [InlineData("a_very_long_name_of_a_database_that_leaves_no_room_for_a_suffix")]
    public void Name_it_without_the_need_for_quotes(string database)
    {
        var role = ApplicationRole.For(database);

        role.ShouldMatch("^[a-z][a-z0-9_]{2,53}_app_role$");
        role.ShouldNotStartWith("pg_");
        role.ShouldNotBe(ApplicationRole.For("my_database"));
    }

    private static async Task ShouldAnswerAcrossTenantsAsync(NpgsqlDataSource application)
    {
        async Task<long> Rows(string call) => await CountAsync(application, call);
        (await Rows("tenant_by_slug('two')")).ShouldBe(1L);
        (await Rows($"tenant_by_id('{One}')")).ShouldBe(1L);
        (await Rows("claim_ingestion_job(gen_random_uuid(), interval '1 hour')")).ShouldBe(1L);
        (await Rows("claim_ingestion_job(gen_random_uuid(), interval '1 hour')")).ShouldBe(1L, "the other tenant's");
        (await Rows("claim_ingestion_job(gen_random_uuid(), interval '1 hour')")).ShouldBe(0L);
        // It also creates rows for tenants.
        (await Rows("claim_tavus_knowledge(gen_random_uuid(), interval '1 hour')")).ShouldBe(1L);
    }

    private static Task AddTwoTenantsAsync(NpgsqlDataSource owner) =>
        DoAsync(owner, string.Concat(new[] { (One, "one"), (Two, "two") }.Select(tenant =>
        $$"""
        set local app.tenant_id = '{{tenant.Item1}}';
        insert into tenants (tenant_id, slug, name) values ('{{tenant.Item1}}', '{{tenant.Item2}}', 'A company');
        insert into tenant_settings (tenant_id, settings) values ('{{tenant.Item1}}', '{"useTavusKB": true}');
        insert into visitors (tenant_id, id) values ('{{tenant.Item1}}', gen_random_uuid());
        with source as (insert into sources (tenant_id, id, kind) values ('{{tenant.Item1}}', gen_random_uuid(), 'import') returning *)
        insert into ingestion_jobs (tenant_id, id, source_id, discovery, page_limit)
          select tenant_id, gen_random_uuid(), id, 'given', 1 from source;
        """)));

    private static async Task DoAsync(NpgsqlDataSource source, string sql)
    {
#pragma warning disable CA2100 // The tests' own.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string from, string? settings = null)
    {
        await using var connection = await source.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own.
        command.CommandText = settings is null ? "" : $"{settings};";
        command.CommandText += $"select count(*) from {from}";
#pragma warning restore CA2100
        var count = (long)(await command.ExecuteScalarAsync(Ct))!;
        await transaction.CommitAsync(Ct);
        return count;
    }

    private static async Task<List<string>> TenantTablesAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            "select attrelid::regclass::text from pg_attribute join pg_class on pg_class.oid = attrelid where relkind = 'r' and "
                + "relnamespace = 'public'::regnamespace and attname = 'tenant_id'");
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var tables = new List<string>();
        while (await rows.ReadAsync(Ct)) tables.Add(rows.GetString(0));
        tables.Count.ShouldBeGreaterThan(30);
        return tables;
    }
}
