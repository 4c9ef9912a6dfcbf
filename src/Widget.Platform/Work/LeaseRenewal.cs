namespace Widget.Platform.Work;

/// <summary>How long a lease lasts, and how often it is renewed.</summary>
public readonly record struct LeaseTimes(TimeSpan Length, TimeSpan Renewal);

/// <summary>
/// Renews a lease while the work runs. A failed renewal is retried, because the lease is still valid for a while. The work is cancelled
/// only if the lease would expire before the next retry, because another worker could then claim it.
/// </summary>
public static class LeaseRenewal
{
    /// <param name="times">The lease's length and how often it is renewed.</param>
    /// <param name="clock">Measures both times.</param>
    /// <param name="held">
    /// Cancels the work. The caller cancels it when the work ends, and this method cancels it when the lease is lost.
    /// </param>
    /// <param name="renew">Renews the lease. Returns false if another worker holds it.</param>
    /// <param name="report">Called for every fault.</param>
    public static async Task KeepAsync(
        LeaseTimes times,
        TimeProvider clock,
        CancellationTokenSource held,
        Func<CancellationToken, Task<bool>> renew,
        Action<Exception> report)
    {
        using var timer = new PeriodicTimer(times.Renewal, clock);
        var renewedAt = clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(held.Token))
            {
                var startedAt = clock.GetTimestamp();
                if (await TryRenewAsync(times.Length - clock.GetElapsedTime(renewedAt)) is not { } isHeld)
                {
                    if (clock.GetElapsedTime(renewedAt) + times.Renewal < times.Length) continue;
                    await held.CancelAsync();
                }
                else if (isHeld)
                {
                    renewedAt = startedAt;
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

        // Returns null if the renewal failed. If the database does not answer, the attempt times out when the lease expires, so that the
        // work does not outlive the lease.
        async Task<bool?> TryRenewAsync(TimeSpan remaining)
        {
            using var timeout = new CancellationTokenSource(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(held.Token, timeout.Token);
            try
            {
                return await renew(linked.Token);
            }
            catch (Exception e) when (!held.IsCancellationRequested)
            {
                report(e is OperationCanceledException ? new TimeoutException("The database did not answer within the lease.", e) : e);
                return null;
            }
        }
    }
}
