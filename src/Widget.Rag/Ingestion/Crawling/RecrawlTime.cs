using Widget.Rag.Own;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Computes when a source is crawled again.</summary>
public static class RecrawlTime
{
    // Share of the interval by which the time varies, so that sources added together do not stay together.
    private const double Spread = 0.1;

    /// <param name="schedule">How often the source is crawled.</param>
    /// <param name="now">Time of the last crawl.</param>
    /// <param name="chance">
    /// A new random number from 0 to 1. Moves the time by up to a twentieth of the interval in either direction.
    /// </param>
    /// <returns>Null when the source is not crawled automatically.</returns>
    public static DateTimeOffset? Next(Schedule schedule, DateTimeOffset now, double chance)
    {
        TimeSpan? interval = schedule switch
        {
            Schedule.Daily => TimeSpan.FromDays(1),
            Schedule.Weekly => TimeSpan.FromDays(7),
            Schedule.Monthly => TimeSpan.FromDays(30),
            _ => null,
        };
        return now + (interval * (1 + (Spread * (chance - 0.5))));
    }
}
