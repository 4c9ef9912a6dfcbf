using Widget.Api.Conversations;
using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>
/// Repeats a search until our own knowledge base has answered. On a busy node, or while the database is unavailable, it may not answer in
/// time. That does not mean that nothing was found, so the visitor is told that it takes a moment, and the search is retried.
/// </summary>
internal sealed class RetryingSearch(TimeProvider clock)
{
    /// <summary>After this time the visitor is told that the answer takes longer than usual.</summary>
    internal static readonly TimeSpan DelayNoticeAfter = TimeSpan.FromSeconds(2.5);

    /// <summary>After this time the visitor is told that the search is unavailable right now.</summary>
    internal static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(4);

    /// <param name="search">One search.</param>
    /// <param name="live">Notified when the search takes longer than usual; null when there are no readers.</param>
    /// <param name="stop">Cancelled when the visitor stops the answer; the search is not retried then.</param>
    /// <param name="ct">Cancels the search.</param>
    /// <exception cref="SearchUnavailableException">Our own knowledge base did not answer within the time limit.</exception>
    public async Task<Finding> FindAsync(
        Func<CancellationToken, Task<Finding>> search,
        LiveAnswer? live,
        CancellationToken stop,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        await using var delayNotice = clock.CreateTimer(_ => live?.MarkDelayed(), null, DelayNoticeAfter, Timeout.InfiniteTimeSpan);
        for (var pause = MinPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            SearchUnavailableException unavailable;
            try
            {
                var finding = await search(ct);
                // The results are good enough even if a knowledge base did not answer.
                if (finding.IsEnough || !LacksOwn(finding)) return finding;
                unavailable = new SearchUnavailableException(finding.Result.Trace);
            }
            catch (SearchUnavailableException e) when (e.Trace.LacksOwn)
            {
                unavailable = e;
            }

            if (stop.IsCancellationRequested || clock.GetElapsedTime(start) + pause > MaxDuration) throw unavailable;
            await Task.Delay(pause, clock, ct);
        }
    }

    private static bool LacksOwn(Finding finding) =>
        finding.Result.Trace.LacksOwn || finding.Parts.Any(part => part.Found.Result.Trace.LacksOwn);
}
