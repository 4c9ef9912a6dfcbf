using NodaTime;
using NodaTime.Text;
using Widget.Contracts;

namespace Widget.Api.Leads;

/// <summary>
/// Computes from a tenant's office hours whether people answer at an instant, and when they answer next. The local time decides: while a
/// clock is put back, hours can be passed twice, and hours that a clock skips are not passed at all.
/// </summary>
internal static class OpeningTimes
{
    // Long enough for the hours of one day a week beside a list of holidays.
    private const int MaxDays = 366;

    private static readonly LocalTimePattern TimePattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    /// <summary>Whether there is a time zone with this IANA id.</summary>
    public static bool IsTimeZone(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) is not null;

    /// <summary>Returns the tenant's availability at an instant. Null if the tenant has not set its office hours.</summary>
    public static PersonAvailability? At(TenantSettings settings, DateTimeOffset now)
    {
        if (settings.OfficeHours is not { } hours || DateTimeZoneProviders.Tzdb.GetZoneOrNull(hours.TimeZone) is not { } zone) return null;
        var week = new Week(hours, zone);
        var instant = Instant.FromDateTimeOffset(now);
        var isOpen = week.IsOpenAt(instant);
        return new PersonAvailability
        {
            Open = isOpen,
            OpensAt = isOpen ? null : week.NextOpening(instant)?.InZone(zone).ToDateTimeOffset(),
            TimeZone = hours.TimeZone,
            ReplyMinutes = settings.ReplyMinutes,
            Hours = hours.Weekly,
        };
    }

    private sealed class Week(OfficeHours hours, DateTimeZone zone)
    {
        private readonly HashSet<LocalDate> _holidays =
            [.. hours.Holidays.Select(day => LocalDatePattern.Iso.Parse(day)).Where(day => day.Success).Select(day => day.Value)];

        private readonly ILookup<IsoDayOfWeek, (LocalTime From, LocalTime? To)> _days = hours.Weekly.ToLookup(
            entry => (IsoDayOfWeek)((int)entry.Day + 1),
            entry => (TimePattern.Parse(entry.From).Value,
                entry.To == OpeningHours.EndOfDay ? (LocalTime?)null : TimePattern.Parse(entry.To).Value));

        public bool IsOpenAt(Instant instant)
        {
            var local = instant.InZone(zone).LocalDateTime;
            return HoursOf(local.Date).Any(entry => entry.From <= local.TimeOfDay && (entry.To is not { } to || local.TimeOfDay < to));
        }

        // Hours open at their start or, if the clock is changed within them, at the change.
        public Instant? NextOpening(Instant now)
        {
            var today = now.InZone(zone).Date;
            // A clock that is put back at midnight shows the end of the day before once more.
            for (var day = -1; day < MaxDays; day++)
            {
                var date = today.PlusDays(day);
                var starts = HoursOf(date).SelectMany(entry => Instants(date.At(entry.From)));
                var next = starts.Concat(Changes(date)).Where(instant => instant > now && IsOpenAt(instant))
                    .Select(instant => (Instant?)instant).Min();
                if (next is not null) return next;
            }

            return null;
        }

        private IEnumerable<(LocalTime From, LocalTime? To)> HoursOf(LocalDate date) =>
            _holidays.Contains(date) ? [] : _days[date.DayOfWeek];

        // None for a time that the clock skips, two for one that it shows twice.
        private IEnumerable<Instant> Instants(LocalDateTime time)
        {
            var mapping = zone.MapLocal(time);
            if (mapping.Count == 0) yield break;
            yield return mapping.First().ToInstant();
            if (mapping.Count == 2) yield return mapping.Last().ToInstant();
        }

        // The instants of the day at which its clock is changed.
        private IEnumerable<Instant> Changes(LocalDate date) =>
            zone.GetZoneIntervals(new Interval(StartOf(date), StartOf(date.PlusDays(1))))
                .Where(interval => interval.HasStart)
                .Select(interval => interval.Start);

        private Instant StartOf(LocalDate date) => zone.AtLeniently(date.AtMidnight()).ToInstant();
    }
}
