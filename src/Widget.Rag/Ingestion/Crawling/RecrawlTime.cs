using Widget.Rag.Own;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>When a source is read again.</summary>
public static class RecrawlTime
{
    // Of the interval: those added together are not read together for ever.
    private const double Spread = 0.1;

    /// <param name="schedule">How often.</param>
    /// <param name="now">When it was read.</param>
    /// <param name="chance">0 to 1, anew each time: moves the time by up to a twentieth of the interval either way.</param>
    /// <returns>Null when it is not read again by itself.</returns>
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
