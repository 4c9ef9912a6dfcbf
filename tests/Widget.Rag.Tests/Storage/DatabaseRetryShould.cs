using Npgsql;
using Widget.Platform.Database;

namespace Widget.Rag.Tests.Storage;

/// <summary>Work that waits for a database that is away.</summary>
public sealed class DatabaseRetryShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repeat_the_work_until_the_database_lets_it()
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
    public async Task Not_repeat_what_would_fail_again()
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
    public async Task Say_what_was_wrong_when_it_is_told_to_stop()
    {
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<NpgsqlException>(DatabaseRetry.RunAsync(_ => throw Away(), TimeProvider.System, _ => stop.Cancel(), stop.Token));
    }

    private static NpgsqlException Away() => new("The connection is gone.", new IOException());
}
