using System.Runtime.Serialization;
using System.Text.RegularExpressions;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using NodaTime;
using Widget.Api.Meetings.Slots;
using Period = Ical.Net.DataTypes.Period;

namespace Widget.Api.Meetings.Busy;

/// <summary>Reads from a calendar (iCalendar, RFC 5545) when its owner is busy.</summary>
internal static partial class BusyCalendar
{
    private const int MaxOccurrences = 20_000;

    // More times than this a day are no calendar of a person, and computing them would take long.
    private const int MaxTimesPerDay = 48;

    private static readonly EvaluationOptions Evaluation = new() { MaxUnmatchedIncrementsLimit = 5_000 };

    // Occurrences are first selected by their local times, which differ from UTC by less than this.
    private static readonly NodaTime.Duration Margin = NodaTime.Duration.FromDays(2);

    /// <param name="text">The document.</param>
    /// <param name="home">The zone of whole days and of times without a zone.</param>
    /// <param name="from">The start of the period that matters.</param>
    /// <param name="to">Its end.</param>
    /// <param name="isOwn">Whether a UID belongs to a meeting that was booked here. Such entries are left out.</param>
    /// <exception cref="FeedFailureException">The document, or a part of it, cannot be understood.</exception>
    public static IntervalSet Read(string text, DateTimeZone home, Instant from, Instant to, Predicate<string> isOwn)
    {
        try
        {
            var document = FeedTimeZones.Normalize(Fold().Replace(text.TrimStart('\uFEFF'), ""), home);
            var calendars = Ical.Net.Calendar.Load<Ical.Net.Calendar>(document);
            if (calendars.Count == 0) throw new FeedFailureException("The feed is not a calendar (iCalendar).");
            var busy = calendars.SelectMany(calendar => Intervals(calendar, home, from, to, isOwn)).Concat(BusyPeriods.Read(document));
            return new IntervalSet(busy.Where(interval => interval.Start < to && interval.End > from));
        }
        catch (Exception e) when (e is SerializationException or EvaluationException or EvaluationLimitExceededException
            or FormatException or ArgumentException or InvalidOperationException or OverflowException or RegexMatchTimeoutException
            or NullReferenceException or IndexOutOfRangeException or InvalidCastException or KeyNotFoundException
            or TimeZoneNotFoundException)
        {
            // Ical.Net reports invalid documents in many ways.
            throw new FeedFailureException("The feed is not a valid calendar (iCalendar).", e);
        }
    }

    private static List<Interval> Intervals(
        Ical.Net.Calendar calendar,
        DateTimeZone home,
        Instant from,
        Instant to,
        Predicate<string> isOwn)
    {
        var busy = new List<Interval>();
        var replaced = Replacements(calendar, home);
        foreach (var entry in calendar.Events)
        {
            Check(entry);
            if (!IsBusy(entry) || (entry.Uid is { } uid && isOwn(uid))) continue;
            // An occurrence that was changed is an entry of its own. Of several versions, the latest counts.
            if (entry.RecurrenceIdentifier is { } changed
                && !ReferenceEquals(replaced[KeyOf(entry, changed.StartTime, home)], entry)) continue;
            foreach (var occurrence in Occurrences(entry, from, to))
            {
                if (busy.Count >= MaxOccurrences) throw new FeedFailureException("The feed has too many entries.");
                if (entry.RecurrenceIdentifier is null && replaced.ContainsKey(KeyOf(entry, occurrence.StartTime, home))) continue;
                busy.Add(IntervalOf(occurrence, entry, home));
            }
        }

        return busy;
    }

    // The calendar's own list of occurrences leaves out entries that begin at the same time as another one, even if they last longer. So
    // the occurrences of each entry are computed separately.
    private static IEnumerable<Period> Occurrences(CalendarEvent entry, Instant from, Instant to)
    {
        var start = Floating(from - Margin);
        var end = Floating(to + Margin).Value;
        var seen = 0;
        foreach (var occurrence in entry.GetOccurrences(start, Evaluation))
        {
            if (occurrence.Period.StartTime.Value >= end) yield break;
            if (++seen > MaxOccurrences) throw new FeedFailureException("An entry of the feed repeats too often.");
            yield return occurrence.Period;
        }
    }

    private static CalDateTime Floating(Instant instant) => new(instant.ToDateTimeUtc(), tzId: null);

    private static Dictionary<(string Uid, Instant Start), CalendarEvent> Replacements(Ical.Net.Calendar calendar, DateTimeZone home)
    {
        var replacements = new Dictionary<(string, Instant), CalendarEvent>();
        foreach (var entry in calendar.Events.OrderBy(entry => entry.Sequence))
            if (entry.RecurrenceIdentifier is { } changed) replacements[KeyOf(entry, changed.StartTime, home)] = entry;
        return replacements;
    }

    private static (string Uid, Instant Start) KeyOf(CalendarEvent entry, CalDateTime start, DateTimeZone home) =>
        (entry.Uid ?? "", InstantOf(start, home));

    // What cannot be read must not look like free time.
    private static void Check(CalendarEvent entry)
    {
        if (entry.DtStart is null || Lost("DTEND", entry.DtEnd) || Lost("DURATION", entry.Duration))
            throw new FeedFailureException("The feed has an entry without a valid start or end.");
#pragma warning disable CS0618 // Old calendars have several rules, and rules of exceptions. They are evaluated, too.
        List<RecurrenceRule> rules = [.. entry.RecurrenceRules, .. entry.ExceptionRules];
#pragma warning restore CS0618
        if (Lost("RRULE", rules.FirstOrDefault()) || rules.Exists(IsTooFrequent))
            throw new FeedFailureException("The feed has an entry that repeats too often or without a valid rule.");
        if (Lost("RECURRENCE-ID", entry.RecurrenceIdentifier)
            || entry.Properties["RECURRENCE-ID"]?.Parameters.ContainsKey("RANGE") == true)
        {
            throw new FeedFailureException("The feed has a changed entry that cannot be read (RECURRENCE-ID).");
        }

        bool Lost(string name, object? value) => value is null && entry.Properties.ContainsKey(name);
    }

    private static bool IsTooFrequent(RecurrenceRule rule) =>
        rule.Frequency is FrequencyType.Secondly or FrequencyType.Minutely
        || Math.Max(rule.ByHour.Count, rule.Frequency == FrequencyType.Hourly ? 24 : 1)
            * Math.Max(rule.ByMinute.Count, 1) * Math.Max(rule.BySecond.Count, 1) > MaxTimesPerDay;

    private static bool IsBusy(CalendarEvent entry) =>
        entry.IsActive
        && !string.Equals(entry.Transparency, TransparencyType.Transparent, StringComparison.OrdinalIgnoreCase)
        // Outlook's own property, for entries that it shows as free.
        && !string.Equals(entry.Properties["X-MICROSOFT-CDO-BUSYSTATUS"]?.Value as string, "FREE", StringComparison.OrdinalIgnoreCase);

    private static Interval IntervalOf(Period period, CalendarEvent entry, DateTimeZone home)
    {
        var start = InstantOf(period.StartTime, home);
        var end = period.EffectiveEndTime is { } given ? InstantOf(given, home) : start;
        if (!period.StartTime.HasTime && end <= start) end = InstantOf(period.StartTime.AddDays(1), home);
        // An occurrence on the day of a clock change ends at another time by the clock than by its length. Programs differ in what counts.
        if (entry is { DtStart: { HasTime: true } first, DtEnd: { } last } && first.TzId == last.TzId)
        {
            var byClock = InstantOf(new CalDateTime(period.StartTime.Value + (last.Value - first.Value), period.StartTime.TzId), home);
            end = Instant.Max(end, byClock);
        }

        return new Interval(start, Instant.Max(start, end));
    }

    // RFC 5545, 3.3.5: a time that occurs twice is the first one, and one that is skipped has the offset before the gap.
    private static Instant InstantOf(CalDateTime time, DateTimeZone home)
    {
        if (!time.HasTime) return home.AtStartOfDay(LocalDate.FromDateOnly(time.Date)).ToInstant();
        var zone = time.TzId is { } id ? DateTimeZoneProviders.Tzdb[id] : home;
        return zone.AtLeniently(LocalDateTime.FromDateTime(time.Value)).ToInstant();
    }

    // Long lines are continued on the next line, after a space (RFC 5545, 3.1).
    [GeneratedRegex("\r?\n[ \t]", RegexOptions.None, 5000)]
    private static partial Regex Fold();
}
