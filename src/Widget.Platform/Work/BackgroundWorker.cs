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

    /// <summary>The database is unavailable, which passes.</summary>
    protected abstract void LogDatabaseAway(Exception exception);

    /// <summary>Any other exception.</summary>
    protected abstract void LogTrouble(Exception exception);

    protected void Report(Exception exception)
    {
        if (IsDatabaseFault(exception)) LogDatabaseAway(exception);
        else LogTrouble(LoggedException.Of(exception));
    }

    protected virtual bool IsDatabaseFault(Exception exception) => DatabaseFaults.IsTransient(exception);

    /// <summary>Repeats a step until cancelled. After an exception it pauses, each time longer, until the step succeeds again.</summary>
    /// <param name="step">One round of the work; it waits by itself when there is nothing to do.</param>
    /// <param name="firstPause">The pause after the first exception.</param>
    /// <param name="longestPause">The limit of the pauses.</param>
    /// <param name="ct">Ends the loop.</param>
    protected async Task RepeatAsync(
        Func<CancellationToken, Task> step,
        TimeSpan firstPause,
        TimeSpan longestPause,
        CancellationToken ct)
    {
        var pause = new Backoff(Clock, firstPause, longestPause);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await step(ct);
                pause.Reset();
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(e);
                await pause.WaitAsync(ct);
            }
        }
    }
}
