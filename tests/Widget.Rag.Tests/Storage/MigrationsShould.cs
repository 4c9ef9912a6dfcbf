using Npgsql;
using Widget.Migrations;
using Widget.Testing;

namespace Widget.Rag.Tests.Storage;

public sealed class MigrationsShould(DatabaseFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_the_database_and_be_applied_once_when_several_nodes_start_together()
    {
        var name = $"widget_test_{Guid.CreateVersion7():N}";
        var connection = new NpgsqlConnectionStringBuilder(fixture.Database.Owner) { Database = name }.ConnectionString;
        await using var server = NpgsqlDataSource.Create(fixture.Database.Owner);
        try
        {
            var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Database.MigrateAsync(connection, Ct)));

            await using var database = NpgsqlDataSource.Create(connection);
            await using var count = database.CreateCommand("select count(*) from migrations");
            var known = Directory.GetFiles(Path.Combine(Repository.Root, "migrations"), "*.sql").Length;
            (await count.ExecuteScalarAsync(Ct)).ShouldBe((long)known);
            applied.Select(names => names.Count).Order().ShouldBe([.. Enumerable.Repeat(0, applied.Length - 1), known]);
            (await Database.PendingAsync(connection, Ct)).ShouldBeEmpty();
            (await Database.MigrateAsync(connection, Ct)).ShouldBeEmpty();
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await using var drop = server.CreateCommand($"drop database if exists {name} with (force)");
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
            await using var dropRole = server.CreateCommand($"drop role if exists {ApplicationRole.For(name)}");
            await dropRole.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Make_each_single_page_a_source_of_its_own()
    {
        var name = $"widget_test_{Guid.CreateVersion7():N}";
        var connection = new NpgsqlConnectionStringBuilder(fixture.Database.Owner) { Database = name }.ConnectionString;
        await using var server = NpgsqlDataSource.Create(fixture.Database.Owner);
        try
        {
            await using var database = NpgsqlDataSource.Create(connection);
            await EarlierVersion.MigrateBeforeAsync("0005", connection, Ct);
            await using (var before = database.CreateCommand(
                """
                insert into tenants (tenant_id, slug, name) values ('00000000-0000-0000-0000-000000000001', 'one', 'One');
                insert into sources (tenant_id, id, kind, url) values
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000a', 'page', ''),
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000b', 'site', 'https://a.example/sitemap.xml');
                insert into documents (tenant_id, id, source_id, external_id, title, language, tags, content_hash, chunk_count)
                select '00000000-0000-0000-0000-000000000001', gen_random_uuid(), '00000000-0000-0000-0000-00000000000a',
                       page, 'Title of ' || page, 'en', '{x}', '', 0
                from unnest(array['https://a.example/1', 'https://a.example/2']) page;
                insert into ingestion_jobs (tenant_id, id, source_id, discovery, page_limit) values
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000c1',
                   '00000000-0000-0000-0000-00000000000a', 'given', 1),
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000c2',
                   '00000000-0000-0000-0000-00000000000a', 'given', 1),
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000c3',
                   '00000000-0000-0000-0000-00000000000b', 'sitemap', 77);
                insert into ingestion_items (tenant_id, job_id, external_id) values
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000c1',
                   'https://a.example/2'),
                  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000c2',
                   'https://a.example/3');
                """))
            {
                await before.ExecuteNonQueryAsync(Ct);
            }

            await Database.MigrateAsync(connection, Ct);

            await using var after = database.CreateCommand(
                """
                select string_agg(format('%s %s %s %s %s', source.kind, source.url, source.tags,
                  (select string_agg(title, ',') from documents where source_id = source.id),
                                         (select string_agg(right(id::text, 2), ',') from ingestion_jobs where source_id = source.id)),
                                       e'\n' order by source.url)
                       || e'\n' || (select rules->>'discovery' || ' ' || (rules->>'pageLimit') from sources where kind = 'site')
                from sources source
                """);
            (await after.ExecuteScalarAsync(Ct)).ShouldBe(
                "page https://a.example/1 {x} Title of https://a.example/1 \n"
                + "page https://a.example/2 {x} Title of https://a.example/2 c1\n"
                + "page https://a.example/3 {}  c2\n"
                + "site https://a.example/sitemap.xml {}  c3\n"
                + "sitemap 77");
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await using var drop = server.CreateCommand($"drop database if exists {name} with (force)");
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
