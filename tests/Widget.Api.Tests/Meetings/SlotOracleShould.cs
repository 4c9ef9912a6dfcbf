using System.Globalization;
using NodaTime;
using Widget.Api.Meetings.Slots;
using Widget.Contracts;

namespace Widget.Api.Tests.Meetings;

/// <summary>
/// Compares the computed slots with a simple model that walks through time minute by minute and looks at a clock on the wall. The model
/// uses the operating system's time zones, the code those of NodaTime.
/// </summary>
public sealed class SlotOracleShould
{
    private const int MinutesOfDay = 24 * 60;
    private const int Days = 4;

    // Zone, and an instant near which its clocks change: in the night, by half an hour, at midnight, by a whole day, or not at all.
    private static readonly (string Zone, string Near)[] Changes =
    [
        ("Europe/Berlin", "2025-03-30T01:00Z"),
        ("Europe/Berlin", "2025-10-26T01:00Z"),
        ("America/New_York", "2025-03-09T07:00Z"),
        ("America/New_York", "2025-11-02T06:00Z"),
        ("Australia/Lord_Howe", "2025-04-05T15:00Z"),
        ("Australia/Lord_Howe", "2025-10-04T15:30Z"),
        ("Asia/Kathmandu", "2025-06-01T00:00Z"),
        ("UTC", "2025-06-01T00:00Z"),
        ("America/Sao_Paulo", "2018-11-04T03:00Z"),
        ("America/Sao_Paulo", "2019-02-17T02:00Z"),
        ("America/Havana", "2024-03-10T05:00Z"),
        ("America/Havana", "2024-11-03T05:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00Z"),
    ];

    // Ten thousand cases take minutes where code is not optimized; ./test --long has the time.
    private static int Cases =>
        int.Parse(Environment.GetEnvironmentVariable("WIDGET_TEST_SLOT_CASES") ?? "1500", CultureInfo.InvariantCulture);

    [Fact]
    public void Agree_with_a_clock_on_the_wall_in_every_case()
    {
        // A fixed seed, so that a failure can be repeated.
        var random = new Random(39);
        var offered = 0;
        for (var i = 0; i < Cases; i++)
        {
            var (zone, near) = Changes[i % Changes.Length];
            var scene = Scene.Create(random, zone, DateTimeOffset.Parse(near, CultureInfo.InvariantCulture));

            var found = scene.Compute();

            var expected = scene.Walk();
            found.ShouldBe(expected, $"case {i}: {scene}");
            offered += expected.Count;
        }

        // Most cases must have something to offer, or the comparison would prove nothing.
        offered.ShouldBeGreaterThan(Cases * 5);
    }

    /// <summary>A rep's hours, meetings and busy times, and a query.</summary>
    private sealed class Scene
    {
        public required TimeZoneInfo Zone { get; init; }

        public required RepHours Hours { get; init; }

        public required List<(DateTimeOffset Start, DateTimeOffset End)> Meetings { get; init; }

        public required List<(DateTimeOffset Start, DateTimeOffset End)> Busy { get; init; }

        public required DateTimeOffset From { get; init; }

        public required DateTimeOffset Now { get; init; }

        private DateTimeOffset To => From.AddDays(Days);

        public static Scene Create(Random random, string zone, DateTimeOffset near)
        {
            var from = near.AddMinutes(random.Next(-3 * MinutesOfDay, MinutesOfDay));
            int[] lengths = [15, 20, 30, 45, 60, 90];
            return new Scene
            {
                Zone = TimeZoneInfo.FindSystemTimeZoneById(zone),
                Hours = new RepHours
                {
                    Weekly = [.. Enum.GetValues<WeekDay>().Where(_ => random.Next(6) > 0).SelectMany(day => Windows(random, day))],
                    SlotMinutes = lengths[random.Next(lengths.Length)],
                    BufferMinutes = random.Next(3) == 0 ? random.Next(1, 60) : 0,
                    MinimumNoticeMinutes = random.Next(2) == 0 ? random.Next(0, 2_000) : 0,
                    Holidays = [.. Enumerable.Range(-2, 6).Where(_ => random.Next(6) == 0).Select(day => Date(near.AddDays(day)))],
                    DailyLimit = random.Next(3) == 0 ? random.Next(1, 4) : null,
                },
                Meetings = Times(random, from, random.Next(6)),
                Busy = Times(random, from, random.Next(6)),
                From = from,
                Now = from.AddMinutes(random.Next(-MinutesOfDay, MinutesOfDay)),
            };
        }

        public List<DateTimeOffset> Compute()
        {
            var calendar = new RepCalendar(
                Hours,
                DateTimeZoneProviders.Tzdb[Zone.Id],
                [.. Meetings.Select(ToInterval)],
                Busy.Select(ToInterval));
            return
            [
                .. calendar.FreeSlots(Instant.FromDateTimeOffset(From), Instant.FromDateTimeOffset(To), Instant.FromDateTimeOffset(Now))
                    .Select(slot => slot.Start.ToDateTimeOffset()),
            ];
        }

        public List<DateTimeOffset> Walk()
        {
            // What the clock shows in each minute, from days before the first slot to days after the last.
            var first = From.AddDays(-3);
            var wall = Enumerable.Range(0, (Days + 6) * MinutesOfDay)
                .Select(minute => TimeZoneInfo.ConvertTime(first.AddMinutes(minute), Zone).DateTime)
                .ToArray();
            var taken = Mark(first, wall.Length, Meetings, Hours.BufferMinutes);
            var busy = Mark(first, wall.Length, Busy, buffer: 0);
            var booked = Meetings.Select(meeting => TimeZoneInfo.ConvertTime(meeting.Start, Zone).Date).ToList();
            var slots = new SortedSet<DateTimeOffset>();
            for (var day = TimeZoneInfo.ConvertTime(first, Zone).Date; day <= To.AddDays(3).DateTime; day = day.AddDays(1))
            {
                if (Hours.Holidays.Contains(Date(day))) continue;
                foreach (var window in Hours.Weekly.Where(window => window.Day.ToString() == day.DayOfWeek.ToString()))
                {
                    var (start, end) = (day.AddMinutes(Minutes(window.From)), day.AddMinutes(Minutes(window.To)));
                    if (end <= start) end = end.AddDays(1);
                    var open = wall.Select(time => time >= start && time < end).ToArray();
                    // Windows before the walk begins are of no interest, and would have another grid.
                    var anchor = Array.IndexOf(open, true);
                    if (anchor <= 0) continue;
                    for (var slot = anchor; slot + Hours.SlotMinutes <= wall.Length; slot += Hours.SlotMinutes)
                    {
                        var at = first.AddMinutes(slot);
                        var minutes = Enumerable.Range(slot, Hours.SlotMinutes);
                        if (at >= From && at < To && at >= Now.AddMinutes(Hours.MinimumNoticeMinutes)
                            && minutes.All(minute => open[minute] && !taken[minute] && !busy[minute])
                            && (Hours.DailyLimit is not { } limit || booked.Count(date => date == wall[slot].Date) < limit))
                            slots.Add(at);
                    }
                }
            }

            return [.. slots];
        }

        public override string ToString() =>
            $"{Zone.Id} from {From:u}, now {Now:u}, {Hours}, {string.Join(", ", Hours.Weekly)}, "
                + $"not on {string.Join(", ", Hours.Holidays)}, meetings {string.Join(", ", Meetings)}, busy {string.Join(", ", Busy)}";

        private static bool[] Mark(DateTimeOffset first, int count, List<(DateTimeOffset Start, DateTimeOffset End)> times, int buffer)
        {
            var marked = new bool[count];
            foreach (var (start, end) in times)
            {
                var from = (int)(start - first).TotalMinutes - buffer;
                var to = (int)(end - first).TotalMinutes + buffer;
                for (var minute = Math.Max(0, from); minute < Math.Min(count, to); minute++) marked[minute] = true;
            }

            return marked;
        }

        // At most two windows a day, which don't overlap. The last one may go over midnight, to before the first one of the next day.
        private static IEnumerable<RepWindow> Windows(Random random, WeekDay day)
        {
            var from = random.Next(60, 700);
            var to = random.Next(from + 30, 800);
            yield return new RepWindow { Day = day, From = Time(from), To = Time(to) };
            if (random.Next(2) == 0) yield break;
            var second = random.Next(to, 1_400);
            yield return new RepWindow
            {
                Day = day,
                From = Time(second),
                To = random.Next(3) switch
                {
                    0 => Time(random.Next(0, 60)),
                    1 => "24:00",
                    _ => Time(random.Next(second + 1, MinutesOfDay)),
                },
            };
        }

        private static List<(DateTimeOffset Start, DateTimeOffset End)> Times(Random random, DateTimeOffset from, int count) =>
        [
            .. Enumerable.Range(0, count).Select(_ => from.AddMinutes(random.Next(-MinutesOfDay, Days * MinutesOfDay)))
                .Select(start => (start, start.AddMinutes(random.Next(1, 180)))),
        ];

        private static Interval ToInterval((DateTimeOffset Start, DateTimeOffset End) time) =>
            new(Instant.FromDateTimeOffset(time.Start), Instant.FromDateTimeOffset(time.End));

        private static int Minutes(string time) =>
            (int.Parse(time[..2], CultureInfo.InvariantCulture) * 60) + int.Parse(time[3..], CultureInfo.InvariantCulture);

        private static string Time(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";

        private static string Date(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        private static string Date(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
