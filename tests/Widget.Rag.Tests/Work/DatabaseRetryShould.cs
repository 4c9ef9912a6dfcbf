using Npgsql;
using Widget.Platform.Work;

namespace Widget.Rag.Tests.Work;

/// <summary>Retrying while the database is unavailable.</summary>
public sealed class DatabaseRetryShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retry_until_the_database_is_available()
    {
        var (tries, faults) = (0, 0);

        var done = await DatabaseRetry.RunAsync(
            _ => ++tries < 3 ? throw Unavailable() : Task.FromResult("done"),
            TimeProvider.System,
            _ => faults++,
            Ct);

        (done, tries, faults).ShouldBe(("done", 3, 2));
    }

    [Fact]
    public async Task Not_retry_what_would_fail_again()
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
    public async Task Throw_the_last_fault_when_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<NpgsqlException>(
            DatabaseRetry.RunAsync(_ => throw Unavailable(), TimeProvider.System, _ => stop.Cancel(), stop.Token));
    }

    private static NpgsqlException Unavailable() => new("The connection is gone.", new IOException());
}
