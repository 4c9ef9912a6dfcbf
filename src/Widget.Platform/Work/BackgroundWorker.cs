using Microsoft.Extensions.Hosting;
using Widget.Platform.Database;

namespace Widget.Platform.Work;

/// <summary>
/// Background work of a node. No exception ends it: an exception is logged, and the work continues. A derived class supplies the log
/// messages, so that they name its work.
/// </summary>
public abstract class BackgroundWorker(TimeProvider clock) : BackgroundService
{
    protected TimeProvider Clock { get; } = clock;

    /// <summary>Logs that the database is unavailable. The worker continues when it is available again.</summary>
    protected abstract void LogDatabaseUnavailable(Exception exception);

    /// <summary>Logs any other exception.</summary>
    protected abstract void LogFailure(Exception exception);

    protected void Report(Exception exception)
    {
        if (IsDatabaseFault(exception)) LogDatabaseUnavailable(exception);
        else LogFailure(SanitizedException.From(exception));
    }

    protected virtual bool IsDatabaseFault(Exception exception) => DatabaseFaults.IsTransient(exception);

    /// <summary>
    /// Repeats a step until cancelled. After an exception it pauses, each time longer, until the step succeeds again. A deadlock is not
    /// reported: PostgreSQL has rolled the step back, and it is repeated.
    /// </summary>
    /// <param name="step">One round of the work; it waits by itself when there is nothing to do.</param>
    /// <param name="firstPause">The pause after the first exception.</param>
    /// <param name="maxPause">Maximum pause.</param>
    /// <param name="ct">Ends the loop.</param>
    protected async Task RepeatAsync(
        Func<CancellationToken, Task> step,
        TimeSpan firstPause,
        TimeSpan maxPause,
        CancellationToken ct)
    {
        var backoff = new Backoff(Clock, firstPause, maxPause);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await step(ct);
                backoff.Reset();
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!DatabaseFaults.IsDeadlock(e)) Report(e);
                await backoff.WaitAsync(ct);
            }
        }
    }
}
