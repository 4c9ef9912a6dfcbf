using Npgsql;
using Widget.Platform.Work;
using Widget.Testing;

namespace Widget.Rag.Tests.Work;

public sealed class DueWorkShould : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Share_one_connection_among_all_workers_that_look_for_work()
    {
        // The connections of this source are counted by their name, because the database has others.
        var name = $"due-work-{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.Application) { ApplicationName = name }.ConnectionString);

        var found = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(
                _ => source.ClaimAsync(
                    "select count(*)::integer from pg_stat_activity, pg_sleep(0.02) where application_name = $1",
                    [name],
                    row => row.GetInt32(0),
                    Ct)));

        Assert.All(found, counts => Assert.Equal([1], counts));
    }

    [Fact]
    public async Task Leave_the_turn_to_the_next_worker_when_a_claim_fails()
    {
        await using var source = NpgsqlDataSource.Create(_database.Application);

        await Assert.ThrowsAsync<PostgresException>(
            () => source.ClaimAsync("select 1 / 0", [], row => row.GetInt32(0), Ct));

        Assert.Equal([1], await source.ClaimAsync("select 1", [], row => row.GetInt32(0), Ct));
    }
}
