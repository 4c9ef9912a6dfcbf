using System.Globalization;
using Widget.Api.Leads;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>
/// Compares the computed office hours with a simple model that walks through time minute by minute and looks at a clock on the wall. The
/// model uses the operating system's time zones, the code those of NodaTime.
/// </summary>
public sealed class OpeningTimesShould
{
    private const int MaxDays = 12;

    // Zone, and an instant near which its clocks change: in the night, by half an hour, at midnight, and by a whole day.
    private static readonly (string Zone, string Near)[] Changes =
    [
        ("Europe/Berlin", "2025-03-30T01:00Z"),
        ("Europe/Berlin", "2025-10-26T01:00Z"),
        ("America/New_York", "2024-11-03T06:00Z"),
        ("Australia/Lord_Howe", "2025-04-05T15:00Z"),
        ("America/Havana", "2024-03-10T05:00Z"),
        ("America/Havana", "2024-11-03T05:00Z"),
        ("America/Sao_Paulo", "2018-11-04T03:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00Z"),
        ("Asia/Kathmandu", "2025-06-01T00:00Z"),
    ];

    [Fact]
    public void Agree_with_a_clock_on_the_wall_near_every_change_of_clocks()
    {
        // A fixed seed, so that a failure can be repeated.
        var random = new Random(13);
        for (var i = 0; i < 400; i++)
        {
            var (zone, near) = Changes[i % Changes.Length];
            var now = DateTimeOffset.Parse(near, CultureInfo.InvariantCulture).AddMinutes(random.Next(-4_000, 4_000));
            var hours = Hours(random, zone, now);

            var found = OpeningTimes.At(new TenantSettings { OfficeHours = hours }, now)!;

            var because = $"{zone} at {now:u}, {string.Join(", ", hours.Weekly)}, not on {string.Join(", ", hours.Holidays)}";
            found.Open.ShouldBe(IsOpen(hours, now), because);
            if (found.Open) found.OpensAt.ShouldBeNull(because);
            else if (NextOpening(hours, now) is { } next) found.OpensAt.ShouldBe(next, because);
            else (found.OpensAt is null || found.OpensAt > now.AddDays(MaxDays)).ShouldBeTrue(because);
        }
    }

    [Theory]
    // The clock goes from 02:00 to 03:00: hours that begin at 02:30 begin at 03:00.
    [InlineData("2025-03-30T00:10Z", "02:30", "05:00", "2025-03-30T01:00Z")]
    // The clock goes from 03:00 back to 02:00, so 02:30 comes twice. Between the two, it is 02:15 again.
    [InlineData("2025-10-26T00:10Z", "02:30", "05:00", "2025-10-26T00:30Z")]
    [InlineData("2025-10-26T01:15Z", "02:30", "05:00", "2025-10-26T01:30Z")]
    // Hours that have ended begin again with the hour that comes twice.
    [InlineData("2025-10-26T00:45Z", "01:00", "02:30", "2025-10-26T01:00Z")]
    public void Follow_the_clock_on_a_day_on_which_it_changes(string now, string from, string to, string opensAt)
    {
        var hours = new OfficeHours
        {
            TimeZone = "Europe/Berlin",
            Weekly = [new OpeningHours { Day = WeekDay.Sunday, From = from, To = to }],
        };

        var found = OpeningTimes.At(new TenantSettings { OfficeHours = hours }, At(now))!;

        found.Open.ShouldBeFalse();
        found.OpensAt.ShouldBe(At(opensAt));
    }

    [Fact]
    public void Skip_holidays_and_keep_the_offset_of_the_day()
    {
        var settings = new TenantSettings
        {
            OfficeHours = new OfficeHours
            {
                TimeZone = "Europe/Berlin",
                Weekly = [new OpeningHours { Day = WeekDay.Friday, From = "09:00", To = "17:00" }],
                Holidays = ["2025-10-24", "2025-10-31"],
            },
            ReplyMinutes = 30,
        };

        var found = OpeningTimes.At(settings, At("2025-10-24T08:00Z"))!;

        found.Open.ShouldBeFalse();
        found.OpensAt.ShouldBe(At("2025-11-07T08:00Z"));
        found.OpensAt!.Value.Offset.ShouldBe(TimeSpan.FromHours(1));
        found.ReplyMinutes.ShouldBe(30);
    }

    [Fact]
    public void Last_until_midnight_and_end_with_the_minute()
    {
        var hours = new OfficeHours
        {
            TimeZone = "UTC",
            Weekly = [new OpeningHours { Day = WeekDay.Monday, From = "20:00", To = "24:00" }],
        };
        var settings = new TenantSettings { OfficeHours = hours };

        OpeningTimes.At(settings, At("2025-06-02T23:59Z"))!.Open.ShouldBeTrue();
        OpeningTimes.At(settings, At("2025-06-03T00:00Z"))!.Open.ShouldBeFalse();
        OpeningTimes.At(settings, At("2025-06-02T20:00Z"))!.Open.ShouldBeTrue();
        OpeningTimes.At(settings, At("2025-06-02T19:59Z"))!.OpensAt.ShouldBe(At("2025-06-02T20:00Z"));
    }

    [Fact]
    public void Be_unknown_without_hours() =>
        OpeningTimes.At(new TenantSettings { ReplyMinutes = 5 }, At("2025-06-02T19:59Z")).ShouldBeNull();

    private static OfficeHours Hours(Random random, string zone, DateTimeOffset now)
    {
        var hours = new List<OpeningHours>();
        foreach (var day in Enum.GetValues<WeekDay>().Where(_ => random.Next(3) > 0))
        {
            var from = random.Next(0, 1_300);
            var to = random.Next(from + 1, 1_441);
            hours.Add(new OpeningHours { Day = day, From = Time(from), To = Time(to) });
            // A second time on the same day.
            if (to < 1_400) hours.Add(new OpeningHours { Day = day, From = Time(random.Next(to, 1_400)), To = "24:00" });
        }

        if (hours.Count == 0) hours.Add(new OpeningHours { Day = WeekDay.Sunday, From = "00:00", To = "04:00" });
        var holidays = Enumerable.Range(-3, 7).Where(_ => random.Next(4) == 0).Select(day => Date(now.AddDays(day)));
        return new OfficeHours { TimeZone = zone, Weekly = hours, Holidays = [.. holidays] };
    }

    private static string Time(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";

    private static DateTimeOffset? NextOpening(OfficeHours hours, DateTimeOffset now)
    {
        for (var minute = 1; minute < MaxDays * 24 * 60; minute++)
            if (IsOpen(hours, now.AddMinutes(minute))) return now.AddMinutes(minute);
        return null;
    }

    private static bool IsOpen(OfficeHours hours, DateTimeOffset instant)
    {
        var wall = TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(hours.TimeZone));
        var (date, time) = (Date(wall), wall.ToString("HH:mm", CultureInfo.InvariantCulture));
        return !hours.Holidays.Contains(date)
            && hours.Weekly.Any(entry => entry.Day.ToString() == wall.DayOfWeek.ToString()
                && string.CompareOrdinal(entry.From, time) <= 0 && string.CompareOrdinal(time, entry.To) < 0);
    }

    private static string Date(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
