using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using NodaTime.Text;
using Widget.Api.Web;

namespace Widget.Api.Meetings.Slots;

/// <summary>The range and the time zone of a query.</summary>
/// <param name="From">The first instant.</param>
/// <param name="To">The first instant after the range.</param>
/// <param name="Zone">The time zone of the response.</param>
internal sealed record SlotRange(Instant From, Instant To, DateTimeZone Zone)
{
    private const int DefaultDays = 14;
    private const int MaxYear = 9_000; // Leaves room for computing with dates.
    private static readonly Duration MaxLength = Duration.FromDays(32);

    /// <summary>Reads the parameters of a query for slots.</summary>
    /// <param name="from">An instant (RFC 3339) or a date in the time zone. Defaults to now.</param>
    /// <param name="to">An instant (RFC 3339), or the last date of the range. Defaults to two weeks after <paramref name="from"/>.</param>
    /// <param name="timeZone">An IANA id. Defaults to UTC.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The range, or what is wrong with the parameters.</returns>
    public static (SlotRange? Range, ValidationProblem? Problem) Parse(string? from, string? to, string? timeZone, Instant now)
    {
        if (TimeZones.Find(timeZone ?? DateTimeZone.Utc.Id) is not { } zone) return (null, TimeZones.Unknown(timeZone!));
        if (!TryParse(from, zone, isEnd: false, out var start)) return (null, Invalid("from", from!));
        if (!TryParse(to, zone, isEnd: true, out var end)) return (null, Invalid("to", to!));
        var first = start ?? now;
        var last = end ?? first + Duration.FromDays(DefaultDays);
        if (last <= first) return (null, Problems.Invalid("to", "to must be after from."));
        return last - first > MaxLength
            ? (null, Problems.Invalid("to", "from and to can be at most 31 days apart."))
            : (new SlotRange(first, last, zone), null);
    }

    /// <summary>Reads an instant as RFC 3339 with an offset. Null if the text is something else.</summary>
    public static Instant? ParseInstant(string text) =>
        OffsetDateTimePattern.Rfc3339.Parse(text) is { Success: true, Value.Year: > 1 and < MaxYear } parsed
            ? parsed.Value.ToInstant()
            : null;

    public static ValidationProblem InvalidStart(string text) =>
        Problems.Invalid("slotStart", $"slotStart is \"{text}\". Write the start of a free time as 2027-05-03T10:00:00+02:00.");

    /// <summary>Reads an optional instant or date. A date at the end means the end of the day.</summary>
    public static bool TryParse(string? text, DateTimeZone zone, bool isEnd, out Instant? instant)
    {
        instant = null;
        if (text is null) return true;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true, Value.Year: > 1 and < MaxYear } date)
            instant = zone.AtStartOfDay(isEnd ? date.Value.PlusDays(1) : date.Value).ToInstant();
        else instant = ParseInstant(text);
        return instant is not null;
    }

    public static ValidationProblem Invalid(string field, string text) => Problems.Invalid(
        field,
        $"{field} is \"{text}\". Write a time as 2027-05-03T10:00:00Z (with a + as %2B) or a date as 2027-05-03.");
}
