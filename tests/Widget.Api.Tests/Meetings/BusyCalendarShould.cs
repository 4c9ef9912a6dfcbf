using NodaTime;
using NodaTime.Text;
using Widget.Api.Meetings;
using Widget.Api.Meetings.Busy;
using Widget.Api.Meetings.Mails;

namespace Widget.Api.Tests.Meetings;

/// <summary>What a calendar file says about when its owner is busy.</summary>
public sealed class BusyCalendarShould
{
    private static readonly DateTimeZone Berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];

    [Fact]
    public void Know_single_entries_in_every_way_to_write_a_time()
    {
        Read(
            Event("DTSTART:20270503T080000Z\nDTEND:20270503T090000Z"),
            Event("DTSTART;TZID=America/New_York:20270504T090000\nDURATION:PT45M"),
            Event("DTSTART:20270505T090000\nDTEND:20270505T100000"),
            Event("DTSTART;TZID=\"W. Europe Standard Time\":20270506T090000\nDTEND;TZID=\"W. Europe Standard Time\":20270506T093000"),
            Event("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Kathmandu:20270507T090000\n"
                + "DTEND;TZID=/mozilla.org/20050126_1/Asia/Kathmandu:20270507T100000"))
            .ShouldBe(
            [
                "2027-05-03T08:00Z/2027-05-03T09:00Z",
                "2027-05-04T13:00Z/2027-05-04T13:45Z",
                // Without a zone, it is the rep's time.
                "2027-05-05T07:00Z/2027-05-05T08:00Z",
                "2027-05-06T07:00Z/2027-05-06T07:30Z",
                "2027-05-07T03:15Z/2027-05-07T04:15Z",
            ]);
    }

    [Fact]
    public void Take_whole_days_in_the_reps_zone()
    {
        Read(
            Event("DTSTART;VALUE=DATE:20270503\nDTEND;VALUE=DATE:20270505"),
            Event("DTSTART;VALUE=DATE:20270510"),
            Event("DTSTART;VALUE=DATE:20270512\nDTEND;VALUE=DATE:20270512"))
            .ShouldBe(
            [
                "2027-05-02T22:00Z/2027-05-04T22:00Z",
                "2027-05-09T22:00Z/2027-05-10T22:00Z",
                "2027-05-11T22:00Z/2027-05-12T22:00Z",
            ]);
    }

    [Fact]
    public void Leave_out_what_is_free_or_cancelled()
    {
        Read(
            Event("DTSTART:20270503T080000Z\nDTEND:20270503T090000Z\nTRANSP:TRANSPARENT"),
            Event("DTSTART:20270504T080000Z\nDTEND:20270504T090000Z\nSTATUS:CANCELLED"),
            Event("DTSTART:20270505T080000Z\nDTEND:20270505T090000Z\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"),
            Event("DTSTART:20270506T080000Z\nDTEND:20270506T090000Z\nSTATUS:TENTATIVE\nTRANSP:OPAQUE"))
            .ShouldBe(["2027-05-06T08:00Z/2027-05-06T09:00Z"]);
    }

    [Fact]
    public void Repeat_entries_over_a_change_of_clocks_and_leave_out_exceptions()
    {
        ReadBetween(
            "2027-03-24T00:00Z",
            "2027-04-02T00:00Z",
            Event("DTSTART;TZID=Europe/Berlin:20200101T090000\nDTEND;TZID=Europe/Berlin:20200101T093000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR\n"
                + "EXDATE;TZID=Europe/Berlin:20270326T090000"))
            .ShouldBe(
            [
                "2027-03-24T08:00Z/2027-03-24T08:30Z",
                "2027-03-29T07:00Z/2027-03-29T07:30Z",
                "2027-03-31T07:00Z/2027-03-31T07:30Z",
            ]);
    }

    [Fact]
    public void Repeat_whole_days()
    {
        Read(Event("DTSTART;VALUE=DATE:20200106\nRRULE:FREQ=MONTHLY;BYDAY=1MO"))
            .ShouldBe(["2027-05-02T22:00Z/2027-05-03T22:00Z"]);
    }

    [Theory]
    // The changed entry is given in another zone than the original.
    [InlineData("RECURRENCE-ID:20270504T070000Z")]
    [InlineData("RECURRENCE-ID;TZID=Europe/Berlin:20270504T090000")]
    public void Move_a_changed_occurrence_and_drop_a_cancelled_one(string changed)
    {
        const string series = "UID:1\nDTSTART;TZID=Europe/Berlin:20270503T090000\nDTEND;TZID=Europe/Berlin:20270503T100000\n"
            + "RRULE:FREQ=DAILY;COUNT=4";
        Read(
            Event(series),
            Event($"UID:1\n{changed}\nDTSTART:20270504T130000Z\nDTEND:20270504T140000Z\nSEQUENCE:1"),
            Event("UID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20270505T090000\nDTSTART:20270505T070000Z\nDTEND:20270505T080000Z\n"
                + "STATUS:CANCELLED"))
            .ShouldBe(
            [
                "2027-05-03T07:00Z/2027-05-03T08:00Z",
                "2027-05-04T13:00Z/2027-05-04T14:00Z",
                "2027-05-06T07:00Z/2027-05-06T08:00Z",
            ]);
    }

    [Fact]
    public void Keep_the_longer_of_two_entries_that_begin_together()
    {
        Read(
            Event("UID:1\nDTSTART:20270503T080000Z\nDTEND:20270503T081500Z\nTRANSP:TRANSPARENT"),
            Event("UID:2\nDTSTART:20270503T080000Z\nDTEND:20270503T083000Z"),
            Event("UID:3\nDTSTART:20270503T080000Z\nDTEND:20270503T120000Z"))
            .ShouldBe(["2027-05-03T08:00Z/2027-05-03T12:00Z"]);
    }

    [Fact]
    public void Include_what_began_long_before()
    {
        Read(Event("DTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270601"))
            .ShouldBe(["2027-02-28T23:00Z/2027-05-31T22:00Z"]);
    }

    [Fact]
    public void Read_lists_of_busy_periods()
    {
        Read("BEGIN:VFREEBUSY\nUID:1\nFREEBUSY:20270503T080000Z/20270503T090000Z\n"
            + "FREEBUSY;FBTYPE=FREE:20270503T100000Z/20270503T110000Z\n"
            + "FREEBUSY;FBTYPE=BUSY:20270504T080000Z/PT30M,20270504T100000Z/PT1H\nEND:VFREEBUSY")
            .ShouldBe(
            [
                "2027-05-03T08:00Z/2027-05-03T09:00Z",
                "2027-05-04T08:00Z/2027-05-04T08:30Z",
                "2027-05-04T10:00Z/2027-05-04T11:00Z",
            ]);
    }

    [Fact]
    public void Leave_out_meetings_that_were_booked_here()
    {
        var id = new MeetingId(Guid.NewGuid());
        var calendar = Calendar(Event($"UID:{Invitation.UidOf(id)}\nDTSTART:20270503T080000Z\nDTEND:20270503T090000Z"));

        BusyCalendar.Read(calendar, Berlin, At("2027-05-01T00:00Z"), At("2027-06-01T00:00Z"), uid => uid == Invitation.UidOf(id))
            .Intervals.ShouldBeEmpty();
    }

    [Fact]
    public void Use_the_calendars_own_definition_of_a_time_zone_if_it_is_the_reps()
    {
        const string definition = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T030000\n"
            + "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\n"
            + "TZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE";
        var entry = Event("DTSTART;TZID=Customized Time Zone:20270503T090000\nDTEND;TZID=Customized Time Zone:20270503T100000");

        Read(definition, entry).ShouldBe(["2027-05-03T07:00Z/2027-05-03T08:00Z"]);
        Should.Throw<FeedFailureException>(() => Read(entry)).Message.ShouldContain("Customized Time Zone");
        Should.Throw<FeedFailureException>(() => Read(definition.Replace("+0200", "+0300", StringComparison.Ordinal), entry));
    }

    [Theory]
    [InlineData("<!doctype html><title>Sign in</title>")]
    [InlineData("")]
    [InlineData("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART:20270503T080000Z")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\nDTEND:20270503T090000Z\nEND:VEVENT\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270503T080000Z\nDTEND:later\nEND:VEVENT\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270503T080000Z\nDURATION:long\nEND:VEVENT\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270503T080000Z\nRRULE:FREQ=OFTEN\nEND:VEVENT\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101T000000Z\nDURATION:PT1M\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"
        + "END:VEVENT\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:now/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20270503T080000Z\nDURATION:PT1H\n"
        + "RECURRENCE-ID;RANGE=THISANDFUTURE:20270503T080000Z\nEND:VEVENT\nEND:VCALENDAR")]
    public void Refuse_what_it_cannot_understand_instead_of_taking_it_for_free_time(string text) =>
        Should.Throw<FeedFailureException>(
            () => BusyCalendar.Read(text, Berlin, At("2027-05-01T00:00Z"), At("2027-06-01T00:00Z"), _ => false)).Message.ShouldNotBeEmpty();

    [Fact]
    public void Be_free_all_the_time_without_an_entry() => Read().ShouldBeEmpty();

    [Fact]
    public void Continue_folded_lines() =>
        Read(Event("SUMMARY:A long\n  title\nDTSTART;TZID=Europe/\n Berlin:20270503T090000\nDURATION:PT1H"))
            .ShouldBe(["2027-05-03T07:00Z/2027-05-03T08:00Z"]);

    private static List<string> Read(params string[] components) =>
        ReadBetween("2027-05-01T00:00Z", "2027-06-01T00:00Z", components);

    private static List<string> ReadBetween(string from, string to, params string[] components) =>
    [
        .. BusyCalendar.Read(Calendar(components), Berlin, At(from), At(to), _ => false).Intervals
            .Select(interval => $"{Show(interval.Start)}/{Show(interval.End)}"),
    ];

    private static string Calendar(params string[] components) =>
        $"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{string.Concat(components.Select(text => text + "\n"))}END:VCALENDAR\n"
            .Replace("\n", "\r\n", StringComparison.Ordinal);

    private static string Event(string properties) => $"BEGIN:VEVENT\nDTSTAMP:20270101T000000Z\n{properties}\nEND:VEVENT";

    private static readonly InstantPattern Pattern = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm'Z'");

    private static string Show(Instant instant) => Pattern.Format(instant);

    private static Instant At(string text) => Pattern.Parse(text).Value;
}
