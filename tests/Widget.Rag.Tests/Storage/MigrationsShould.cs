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
        }
    }
}
