using NodaTime;
using Widget.Contracts;

namespace Widget.Api.Meetings.Slots;

/// <summary>All that decides when a meeting with a rep can be booked. Computes without I/O.</summary>
internal sealed class RepCalendar
{
    /// <summary>How long before its start a meeting can be booked at most.</summary>
    public static readonly Duration Horizon = Duration.FromDays(60);

    // A slot that a visitor was shown can be booked a little later, although the minimum notice has begun meanwhile.
    private static readonly Duration MaxGrace = Duration.FromMinutes(10);
    private const int GraceDivisor = 4;

    private readonly RepHours _hours;
    private readonly DateTimeZone _zone;
    private readonly WorkingHours _working;
    private readonly IntervalSet _taken;
    private readonly IntervalSet _busy;
    private readonly Dictionary<LocalDate, int> _meetingsByDay;

    /// <param name="hours">The rep's hours.</param>
    /// <param name="zone">The rep's time zone.</param>
    /// <param name="meetings">The rep's booked meetings, at least those within a day and a buffer of the slots.</param>
    /// <param name="busy">When the rep is busy elsewhere.</param>
    public RepCalendar(RepHours hours, DateTimeZone zone, IReadOnlyCollection<Interval> meetings, IEnumerable<Interval> busy)
    {
        (_hours, _zone) = (hours, zone);
        _working = new WorkingHours(hours, zone);
        var buffer = Duration.FromMinutes(hours.BufferMinutes);
        _taken = new IntervalSet(meetings.Select(meeting => new Interval(meeting.Start - buffer, meeting.End + buffer)));
        _busy = new IntervalSet(busy);
        _meetingsByDay = meetings.CountBy(meeting => DayOf(meeting.Start)).ToDictionary();
    }

    private Duration Length => Duration.FromMinutes(_hours.SlotMinutes);

    private Duration Notice => Duration.FromMinutes(_hours.MinimumNoticeMinutes);

    /// <summary>
    /// Returns the free slots that begin in the interval, earliest first. Slots of a window follow one another from its start, in steps of
    /// elapsed time, so a clock change doesn't make one longer or shorter.
    /// </summary>
    /// <param name="from">The first instant at which a slot may begin.</param>
    /// <param name="to">The first instant at which none may begin.</param>
    /// <param name="now">The current time.</param>
    public IEnumerable<Interval> FreeSlots(Instant from, Instant to, Instant now) =>
        Free(from, to, now, Notice).OrderBy(slot => slot.Start).DistinctBy(slot => slot.Start);

    /// <summary>
    /// Returns the free slot that begins at an instant. Null if there is none. A slot that was free a few minutes ago still is, although
    /// the minimum notice has begun meanwhile.
    /// </summary>
    public Interval? FindFree(Instant start, Instant now)
    {
        var notice = Notice - Duration.Min(MaxGrace, Notice / GraceDivisor);
        return Free(start, start + Duration.Epsilon, now, notice).Select(slot => (Interval?)slot).FirstOrDefault();
    }

    private IEnumerable<Interval> Free(Instant from, Instant to, Instant now, Duration notice)
    {
        from = Instant.Max(from, now + notice);
        to = Instant.Min(to, now + Horizon + Duration.Epsilon);
        if (from >= to) yield break;
        foreach (var window in _working.Between(from, to))
        {
            var anchor = window.Intervals[0].Start;
            var end = window.Intervals[^1].End;
            for (var start = FirstStart(anchor, from); start < to && start + Length <= end; start += Length)
            {
                var slot = new Interval(start, start + Length);
                if (window.Contains(slot.Start, slot.End) && IsFree(slot)) yield return slot;
            }
        }
    }

    private bool IsFree(Interval slot) =>
        !_taken.Overlaps(slot.Start, slot.End)
        && !_busy.Overlaps(slot.Start, slot.End)
        && (_hours.DailyLimit is not { } limit || _meetingsByDay.GetValueOrDefault(DayOf(slot.Start)) < limit);

    private Instant FirstStart(Instant anchor, Instant from)
    {
        if (from <= anchor) return anchor;
        var steps = (from - anchor).ToInt64Nanoseconds() / Length.ToInt64Nanoseconds();
        var start = anchor + (Length * steps);
        return start < from ? start + Length : start;
    }

    private LocalDate DayOf(Instant instant) => instant.InZone(_zone).Date;
}
