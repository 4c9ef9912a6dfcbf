using Widget.Platform.Database;

namespace Widget.Platform.Work;

/// <summary>Retries idempotent work while the database is unavailable.</summary>
public static class DatabaseRetry
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <param name="work">
    /// The work. It must be idempotent: if the response to a commit is lost, the work may be done although it failed.
    /// </param>
    /// <param name="clock">Clock for the pauses.</param>
    /// <param name="report">Called for every fault that is followed by a retry.</param>
    /// <param name="ct">Ends the retries; the last fault is thrown.</param>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> work,
        TimeProvider clock,
        Action<Exception> report,
        CancellationToken ct)
    {
        var backoff = new Backoff(clock, FirstPause, MaxPause);
        while (true)
        {
            try
            {
                return await work(ct);
            }
            catch (Exception e) when (DatabaseFaults.IsTransient(e) && !ct.IsCancellationRequested)
            {
                report(e);
                await backoff.WaitAsync(ct);
                if (ct.IsCancellationRequested) throw;
            }
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(Func<CancellationToken, Task> work, TimeProvider clock, Action<Exception> report, CancellationToken ct) =>
        RunAsync(
            async token =>
            {
                await work(token);
                return true;
            },
            clock,
            report,
            ct);
}
