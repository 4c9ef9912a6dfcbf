using System.Globalization;
using NodaTime;
using Widget.Api.Meetings.Slots;
using Widget.Contracts;

namespace Widget.Api.Tests.Meetings;

/// <summary>Slots on days with a clock change, by name.</summary>
public sealed class SlotsShould
{
    [Fact]
    public void Leave_out_the_half_past_two_that_does_not_exist()
    {
        // In Berlin, the clock goes from 02:00 to 03:00.
        Local("Europe/Berlin", "2027-03-28", "01:00", "04:30").ShouldBe(["01:00+01", "01:30+01", "03:00+02", "03:30+02", "04:00+02"]);
    }

    [Fact]
    public void Offer_both_half_past_ones()
    {
        // In New York, the clock goes from 02:00 back to 01:00.
        Local("America/New_York", "2027-11-07", "00:30", "02:30").ShouldBe(
            ["00:30-04", "01:00-04", "01:30-04", "01:00-05", "01:30-05", "02:00-05"]);
    }

    [Theory]
    // From the second half of an hour that comes twice: the first half comes between the two.
    [InlineData("01:30", "02:30", "01:30-04,01:30-05,02:00-05")]
    [InlineData("00:30", "01:30", "00:30-04,01:00-04,01:00-05")]
    public void Follow_the_clock_if_the_hours_begin_or_end_within_the_hour_that_comes_twice(string from, string to, string expected) =>
        string.Join(',', Local("America/New_York", "2027-11-07", from, to)).ShouldBe(expected);

    [Theory]
    [InlineData("02:30", "04:00", "03:00+02,03:30+02")]
    [InlineData("01:00", "02:30", "01:00+01,01:30+01")]
    public void Begin_and_end_with_the_gap_if_the_hours_do(string from, string to, string expected) =>
        string.Join(',', Local("Europe/Berlin", "2027-03-28", from, to)).ShouldBe(expected);

    [Fact]
    public void Keep_their_length_in_lord_howe()
    {
        // The clock goes from 02:00 back to 01:30.
        Local("Australia/Lord_Howe", "2027-04-04", "00:30", "03:00", minutes: 60).ShouldBe(["00:30+11", "01:30+11", "02:00+10:30"]);
        // And from 02:00 to 02:30.
        Local("Australia/Lord_Howe", "2027-10-03", "01:00", "04:00", minutes: 60).ShouldBe(["01:00+10:30", "02:30+11"]);
    }

    [Fact]
    public void Have_the_offset_of_kathmandu() =>
        Local("Asia/Kathmandu", "2027-05-03", "09:00", "10:30").ShouldBe(["09:00+05:45", "09:30+05:45", "10:00+05:45"]);

    [Theory]
    // New York changes its clocks on 14 March, Berlin on 28 March: nine o'clock in New York is at two, at one, and at two again in Berlin.
    [InlineData("2027-03-12", "15:00+01")]
    [InlineData("2027-03-19", "14:00+01")]
    [InlineData("2027-04-02", "15:00+02")]
    public void Be_right_in_the_weeks_in_which_only_one_side_has_changed_its_clocks(string day, string expected)
    {
        var slot = Compute("America/New_York", day, "09:00", "09:30", 30).Single();

        Show(slot.Start.InZone(DateTimeZoneProviders.Tzdb["Europe/Berlin"])).ShouldBe(expected);
    }

    [Fact]
    public void Continue_over_midnight_and_belong_to_the_day_on_which_the_hours_begin()
    {
        var hours = new RepHours
        {
            Weekly = [Window(WeekDay.Monday, "22:00", "01:00")],
            SlotMinutes = 60,
            Holidays = ["2027-05-04"],
        };

        // 4 May is a Tuesday.
        Starts(hours, "2027-05-03", "2027-05-05").ShouldBe(["2027-05-03T22:00Z", "2027-05-03T23:00Z", "2027-05-04T00:00Z"]);
        Starts(hours with { Holidays = ["2027-05-03"] }, "2027-05-03", "2027-05-05").ShouldBeEmpty();
    }

    [Fact]
    public void Keep_the_buffer_before_and_after_a_meeting_but_not_a_busy_time()
    {
        var hours = new RepHours { Weekly = [Window(WeekDay.Monday, "09:00", "13:00")], BufferMinutes = 15 };
        Interval[] eleven = [new(Utc("2027-05-03T11:00Z"), Utc("2027-05-03T11:30Z"))];

        Starts(hours, "2027-05-03", "2027-05-04", meetings: eleven).ShouldBe(
            ["2027-05-03T09:00Z", "2027-05-03T09:30Z", "2027-05-03T10:00Z", "2027-05-03T12:00Z", "2027-05-03T12:30Z"]);
        Starts(hours, "2027-05-03", "2027-05-04", busy: eleven).Count.ShouldBe(7);
    }

    [Fact]
    public void End_with_the_daily_limit_of_the_reps_own_day()
    {
        var hours = new RepHours
        {
            Weekly = [Window(WeekDay.Sunday, "22:00", "02:00")],
            SlotMinutes = 60,
            DailyLimit = 1,
        };
        Interval[] late = [new(Utc("2027-05-02T22:00Z"), Utc("2027-05-02T23:00Z"))];

        Starts(hours, "2027-05-02", "2027-05-04", meetings: late).ShouldBe(["2027-05-03T00:00Z", "2027-05-03T01:00Z"]);
    }

    [Fact]
    public void Respect_the_minimum_notice_with_a_little_grace_for_what_was_shown()
    {
        var hours = new RepHours { Weekly = [Window(WeekDay.Monday, "09:00", "11:00")], MinimumNoticeMinutes = 60 };
        var calendar = new RepCalendar(hours, DateTimeZone.Utc, [], []);
        var nine = Utc("2027-05-03T09:00Z");

        calendar.FreeSlots(nine, Utc("2027-05-03T12:00Z"), Utc("2027-05-03T08:00Z")).First().Start.ShouldBe(nine);
        calendar.FreeSlots(nine, Utc("2027-05-03T12:00Z"), Utc("2027-05-03T08:01Z")).First().Start.ShouldBe(Utc("2027-05-03T09:30Z"));
        calendar.FindFree(nine, Utc("2027-05-03T08:09Z")).ShouldNotBeNull();
        calendar.FindFree(nine, Utc("2027-05-03T08:11Z")).ShouldBeNull();
    }

    [Fact]
    public void Be_found_only_where_one_begins()
    {
        var hours = new RepHours { Weekly = [Window(WeekDay.Monday, "09:00", "11:00")] };
        var calendar = new RepCalendar(hours, DateTimeZone.Utc, [], []);
        var now = Utc("2027-05-02T00:00Z");

        calendar.FindFree(Utc("2027-05-03T09:30Z"), now)!.Value.End.ShouldBe(Utc("2027-05-03T10:00Z"));
        calendar.FindFree(Utc("2027-05-03T09:15Z"), now).ShouldBeNull();
        calendar.FindFree(Utc("2027-05-03T11:00Z"), now).ShouldBeNull();
        calendar.FindFree(Utc("2027-05-03T09:30Z"), Utc("2027-03-01T00:00Z")).ShouldBeNull("it is past the horizon");
    }

    private static List<string> Local(string zone, string day, string from, string to, int minutes = 30) =>
        [.. Compute(zone, day, from, to, minutes).Select(slot => Show(slot.Start.InZone(DateTimeZoneProviders.Tzdb[zone])))];

    private static List<Interval> Compute(string zone, string day, string from, string to, int minutes)
    {
        var date = LocalDate.FromDateTime(DateTime.Parse(day, CultureInfo.InvariantCulture));
        var tz = DateTimeZoneProviders.Tzdb[zone];
        var hours = new RepHours { Weekly = [Window((WeekDay)((int)date.DayOfWeek - 1), from, to)], SlotMinutes = minutes };
        var start = tz.AtStartOfDay(date).ToInstant();
        return [.. new RepCalendar(hours, tz, [], []).FreeSlots(start, start + NodaTime.Duration.FromHours(25), start)];
    }

    private static List<string> Starts(
        RepHours hours,
        string from,
        string to,
        IReadOnlyCollection<Interval>? meetings = null,
        IReadOnlyCollection<Interval>? busy = null)
    {
        var start = Utc($"{from}T00:00Z");
        var calendar = new RepCalendar(hours, DateTimeZone.Utc, meetings ?? [], busy ?? []);
        return
        [
            .. calendar.FreeSlots(start, Utc($"{to}T00:00Z"), start)
                .Select(slot => slot.Start.ToDateTimeUtc().ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)),
        ];
    }

    private static RepWindow Window(WeekDay day, string from, string to) => new() { Day = day, From = from, To = to };

    private static string Show(ZonedDateTime time) =>
        time.ToString("HH:mm", CultureInfo.InvariantCulture) + time.Offset.ToString("g", CultureInfo.InvariantCulture);

    private static Instant Utc(string text) => Instant.FromDateTimeOffset(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
