namespace Widget.Platform.Work;

/// <summary>How long a lease lasts, and how often it is renewed.</summary>
public readonly record struct LeaseTimes(TimeSpan Length, TimeSpan Renewal);

/// <summary>
/// Renews a lease while the work runs. A failed renewal is retried, because the lease lasts a while longer. The work is stopped only if
/// the lease would expire before the next retry, because another worker may then claim it.
/// </summary>
public static class LeaseRenewal
{
    /// <param name="times">The lease's length and how often it is renewed.</param>
    /// <param name="clock">For both.</param>
    /// <param name="held">Cancelled by the caller when the work has ended, and by this method when the lease is lost.</param>
    /// <param name="renew">Renews it; false when another worker has it.</param>
    /// <param name="report">Called for every fault.</param>
    public static async Task KeepAsync(
        LeaseTimes times,
        TimeProvider clock,
        CancellationTokenSource held,
        Func<CancellationToken, Task<bool>> renew,
        Action<Exception> report)
    {
        using var timer = new PeriodicTimer(times.Renewal, clock);
        var renewed = clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(held.Token))
            {
                var begun = clock.GetTimestamp();
                if (await TryAsync(times.Length - clock.GetElapsedTime(renewed)) is not { } ours)
                {
                    if (clock.GetElapsedTime(renewed) + times.Renewal < times.Length) continue;
                    await held.CancelAsync();
                }
                else if (ours)
                {
                    renewed = begun;
                }
                else
                {
                    await held.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (held.IsCancellationRequested)
        {
            // The work has ended, or the lease is lost.
        }

        // Null when it failed. A database that does not answer must not keep the work going for longer than the lease lasts.
        async Task<bool?> TryAsync(TimeSpan left)
        {
            using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(held.Token, late.Token);
            try
            {
                return await renew(either.Token);
            }
            catch (Exception e) when (!held.IsCancellationRequested)
            {
                report(e is OperationCanceledException ? new TimeoutException("The database has not answered within the lease.", e) : e);
                return null;
            }
        }
    }
}
