using Npgsql;
using Widget.Platform.Database;

namespace Widget.Rag.Tests.Storage;

/// <summary>Work that is retried while the database is unavailable.</summary>
public sealed class DatabaseRetryShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repeat_the_work_until_the_database_is_available()
    {
        var (tries, faults) = (0, 0);

        var done = await DatabaseRetry.RunAsync(
            _ => ++tries < 3 ? throw Away() : Task.FromResult("done"),
            TimeProvider.System,
            _ => faults++,
            Ct);

        (done, tries, faults).ShouldBe(("done", 3, 2));
    }

    [Fact]
    public async Task Not_repeat_permanent_failures()
    {
        var tries = 0;

        await Should.ThrowAsync<InvalidOperationException>(DatabaseRetry.RunAsync(
            _ =>
            {
                tries++;
                throw new InvalidOperationException();
            },
            TimeProvider.System,
            _ => { },
            Ct));

        tries.ShouldBe(1);
    }

    [Fact]
    public async Task Report_the_last_fault_when_cancelled()
    {
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<NpgsqlException>(
            DatabaseRetry.RunAsync(_ => throw Away(), TimeProvider.System, _ => stop.Cancel(), stop.Token));
    }

    private static NpgsqlException Away() => new("The connection is gone.", new IOException());
}
