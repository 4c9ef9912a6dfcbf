using Widget.Api.Conversations;
using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>
/// Searches for an answer until the search is whole. On a busy node, or while the database is away, our own knowledge may not answer in time. That is no
/// reason to say that nothing was found: the visitor is told that it takes a moment, and the search is made again.
/// </summary>
internal sealed class PatientSearch(TimeProvider clock)
{
    /// <summary>After this a visitor wants to know that something happens.</summary>
    internal static readonly TimeSpan SayWaiting = TimeSpan.FromSeconds(2.5);

    /// <summary>After this a visitor is told that it cannot be looked up now.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    /// <param name="find">The search.</param>
    /// <param name="live">Is told when it takes longer than usual; null when nobody follows it.</param>
    /// <param name="stop">The visitor's wish to stop: there is no further search.</param>
    /// <param name="ct">Ends the search.</param>
    /// <exception cref="SearchUnavailableException">It was not whole until the end.</exception>
    public async Task<Finding> FindAsync(Func<CancellationToken, Task<Finding>> find, LiveAnswer? live, CancellationToken stop, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        await using var waiting = clock.CreateTimer(_ => live?.Wait(), null, SayWaiting, Timeout.InfiniteTimeSpan);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            SearchUnavailableException unavailable;
            try
            {
                var finding = await find(ct);
                // What was found is enough, whoever did not answer.
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
