using Npgsql;
using Widget.Migrations;
using Widget.Testing;

namespace Widget.Rag.Tests.Storage;

public sealed class MigrationsShould(DatabaseFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_applied_once_when_several_nodes_start_together()
    {
        var name = $"widget_test_{Guid.CreateVersion7():N}";
        var connection = new NpgsqlConnectionStringBuilder(fixture.Database.Owner) { Database = name }.ConnectionString;
        await using var server = NpgsqlDataSource.Create(fixture.Database.Owner);
        await using (var create = server.CreateCommand($"create database {name}")) await create.ExecuteNonQueryAsync(Ct);
        try
        {
            var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Database.MigrateAsync(connection, Ct)));

            await using var database = NpgsqlDataSource.Create(connection);
            await using var count = database.CreateCommand("select count(*) from migrations");
            var known = Directory.GetFiles(Path.Combine(Repository.Root, "migrations"), "*.sql").Length;
            (await count.ExecuteScalarAsync(Ct)).ShouldBe((long)known);
            applied.Max(names => names.Count).ShouldBe(known);
            (await Database.PendingAsync(connection, Ct)).ShouldBeEmpty();
            (await Database.MigrateAsync(connection, Ct)).ShouldBeEmpty();
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await using var drop = server.CreateCommand($"drop database {name} with (force)");
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
