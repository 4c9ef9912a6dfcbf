using Widget.Api.Conversations;
using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>
/// Repeats a search until our own knowledge base has answered. On a busy node, or while the database is unavailable, it may not answer in
/// time. That does not mean that nothing was found, so the visitor is told that it takes a moment, and the search is retried.
/// </summary>
internal sealed class PatientSearch(TimeProvider clock)
{
    /// <summary>After this time the visitor is told that the answer takes longer than usual.</summary>
    internal static readonly TimeSpan SayWaiting = TimeSpan.FromSeconds(2.5);

    /// <summary>After this time the visitor is told that the search is unavailable right now.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(4);

    /// <param name="find">The search.</param>
    /// <param name="live">Notified when the search takes longer than usual; null when there are no readers.</param>
    /// <param name="stop">Cancelled when the visitor stops the answer; the search is not retried then.</param>
    /// <param name="ct">Ends the search.</param>
    /// <exception cref="SearchUnavailableException">Our own knowledge base did not answer within the time limit.</exception>
    public async Task<Finding> FindAsync(
        Func<CancellationToken, Task<Finding>> find,
        LiveAnswer? live,
        CancellationToken stop,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        await using var waiting = clock.CreateTimer(_ => live?.MarkDelayed(), null, SayWaiting, Timeout.InfiniteTimeSpan);
        for (var pause = FirstPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            SearchUnavailableException unavailable;
            try
            {
                var finding = await find(ct);
                // The results are good enough even if a knowledge base did not answer.
                if (finding.IsEnough || !finding.Result.Trace.LacksOwn) return finding;
                unavailable = new SearchUnavailableException(finding.Result.Trace);
            }
            catch (SearchUnavailableException e) when (e.Trace.LacksOwn)
            {
                unavailable = e;
            }

            if (stop.IsCancellationRequested || clock.GetElapsedTime(start) + pause > Longest) throw unavailable;
            await Task.Delay(pause, clock, ct);
        }
    }
}
