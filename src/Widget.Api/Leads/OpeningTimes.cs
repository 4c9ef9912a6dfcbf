using NodaTime;
using NodaTime.Text;
using Widget.Contracts;

namespace Widget.Api.Leads;

/// <summary>
/// Computes from a tenant's office hours whether people answer at an instant, and when they answer next. The local time decides: when
/// clocks are put back, an hour occurs twice; when they are put forward, an hour does not occur.
/// </summary>
internal static class OpeningTimes
{
    // Long enough to find the next hours of a tenant with one day a week and many holidays.
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

        // Office hours begin at their start time, or at a clock change that moves the local time into them.
        public Instant? NextOpening(Instant now)
        {
            var today = now.InZone(zone).Date;
            // If the clock is put back at midnight, the end of the day before occurs again.
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

        // None for a local time that is skipped, two for one that occurs twice.
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
