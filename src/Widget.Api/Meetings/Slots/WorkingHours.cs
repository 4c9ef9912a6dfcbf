using NodaTime;
using NodaTime.Text;
using Widget.Contracts;

namespace Widget.Api.Meetings.Slots;

/// <summary>
/// A rep's weekly hours as instants. The rep's clock decides: an instant belongs to the hours 01:00 to 02:00 if the clock then shows a time
/// from 01:00 to 01:59. So an hour that a clock change skips is missing, and an hour that occurs twice belongs to them twice.
/// </summary>
internal sealed class WorkingHours
{
    // No zone's offset has ever been larger.
    private static readonly Duration MaxOffset = Duration.FromHours(26);
    private static readonly LocalTimePattern TimePattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    private readonly DateTimeZone _zone;
    private readonly HashSet<LocalDate> _holidays;
    private readonly ILookup<IsoDayOfWeek, (LocalTime From, LocalTime To, int Days)> _weekly;

    public WorkingHours(RepHours hours, DateTimeZone zone)
    {
        _zone = zone;
        _holidays = [.. hours.Holidays.Select(day => LocalDatePattern.Iso.Parse(day)).Where(day => day.Success).Select(day => day.Value)];
        _weekly = hours.Weekly.ToLookup(window => (IsoDayOfWeek)((int)window.Day + 1), Parse);
    }

    /// <summary>
    /// Returns the windows with an instant in the interval. A window begins on one day, is all of one entry of the weekly hours, and may
    /// consist of two parts if clocks change near its start or end.
    /// </summary>
    public IEnumerable<IntervalSet> Between(Instant from, Instant to)
    {
        // A window begins at most a day before its last instant, and a zone may have skipped a day.
        var first = from.InZone(_zone).Date.PlusDays(-2);
        var last = to.InZone(_zone).Date.PlusDays(1);
        for (var date = first; date <= last; date = date.PlusDays(1))
        {
            if (_holidays.Contains(date)) continue;
            foreach (var (start, end, days) in _weekly[date.DayOfWeek])
            {
                var window = InstantsOf(date.At(start), date.PlusDays(days).At(end));
                if (window.Overlaps(from, to)) yield return window;
            }
        }
    }

    private IntervalSet InstantsOf(LocalDateTime from, LocalDateTime to)
    {
        var around = new Interval(from.InUtc().ToInstant() - MaxOffset, to.InUtc().ToInstant() + MaxOffset);
        return new IntervalSet(_zone.GetZoneIntervals(around).Select(period => Intersect(period, from, to)));
    }

    // Within a zone interval, the offset stays the same.
    private static Interval Intersect(NodaTime.TimeZones.ZoneInterval period, LocalDateTime from, LocalDateTime to)
    {
        var start = from.WithOffset(period.WallOffset).ToInstant();
        var end = to.WithOffset(period.WallOffset).ToInstant();
        if (period.HasStart) start = Instant.Max(start, period.Start);
        if (period.HasEnd) end = Instant.Min(end, period.End);
        return new Interval(start, Instant.Max(start, end));
    }

    private static (LocalTime From, LocalTime To, int Days) Parse(RepWindow window)
    {
        var from = TimePattern.Parse(window.From).Value;
        if (window.To == OpeningHours.EndOfDay) return (from, LocalTime.Midnight, 1);
        var to = TimePattern.Parse(window.To).Value;
        return (from, to, to > from ? 0 : 1);
    }
}
