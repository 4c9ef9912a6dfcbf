using System.Globalization;

namespace Widget.Api.Meetings.Booking;

/// <summary>Where a page of meetings ends.</summary>
/// <param name="Start">The start of the last meeting.</param>
/// <param name="Id">The last meeting.</param>
internal readonly record struct MeetingCursor(DateTimeOffset Start, MeetingId Id)
{
    public static string After(MeetingRow row) => $"{row.StartsAt.UtcTicks.ToString(CultureInfo.InvariantCulture)}-{row.Id.Value:N}";

    /// <summary>Reads a cursor. Null if the text is not one.</summary>
    public static MeetingCursor? Parse(string text) =>
        text.Split('-') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
        && start <= DateTimeOffset.MaxValue.UtcTicks
        && Guid.TryParseExact(id, "N", out var meeting)
            ? new MeetingCursor(new DateTimeOffset(start, TimeSpan.Zero), new MeetingId(meeting))
            : null;
}
