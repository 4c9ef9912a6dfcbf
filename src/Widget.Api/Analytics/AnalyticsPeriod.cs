using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Widget.Api.Meetings.Slots;
using Widget.Api.Web;

namespace Widget.Api.Analytics;

/// <summary>The period of a query.</summary>
/// <param name="From">The first instant.</param>
/// <param name="To">The first instant after the period.</param>
/// <param name="Zone">The time zone of its days.</param>
internal sealed record AnalyticsPeriod(Instant From, Instant To, DateTimeZone Zone)
{
    private const int DefaultDays = 30;
    private static readonly Duration MaxLength = Duration.FromDays(400);

    public DateTimeOffset Start => From.ToDateTimeOffset();

    public DateTimeOffset End => To.ToDateTimeOffset();

    /// <summary>Reads the parameters of a query.</summary>
    /// <param name="from">An instant (RFC 3339) or a date. Defaults to the day 29 days before <paramref name="to"/>.</param>
    /// <param name="to">An instant (RFC 3339), or the last date of the period. Defaults to today.</param>
    /// <param name="timeZone">An IANA id. Defaults to UTC.</param>
    /// <param name="clock">The current time.</param>
    public static (AnalyticsPeriod? Period, ValidationProblem? Problem) Parse(
        string? from,
        string? to,
        string? timeZone,
        TimeProvider clock)
    {
        if (TimeZones.Find(timeZone ?? DateTimeZone.Utc.Id) is not { } zone) return (null, TimeZones.Unknown(timeZone!));
        if (!SlotRange.TryParse(from, zone, isEnd: false, out var start)) return (null, SlotRange.Invalid("from", from!));
        if (!SlotRange.TryParse(to, zone, isEnd: true, out var end)) return (null, SlotRange.Invalid("to", to!));
        var today = Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(zone).Date;
        var last = end ?? zone.AtStartOfDay(today.PlusDays(1)).ToInstant();
        var first = start ?? zone.AtStartOfDay(last.InZone(zone).Date.PlusDays(-DefaultDays)).ToInstant();
        if (last <= first) return (null, Problems.Invalid("to", "to must be after from."));
        return last - first > MaxLength
            ? (null, Problems.Invalid("to", $"from and to can be at most {MaxLength.Days} days apart."))
            : (new AnalyticsPeriod(first, last, zone), null);
    }
}
