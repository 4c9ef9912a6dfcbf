using NodaTime;
using Widget.Contracts;

namespace Widget.Api.Meetings.Booking;

/// <summary>Converts meetings to the form that the API returns.</summary>
internal static class MeetingView
{
    public static DateTimeOffset Local(DateTimeOffset time, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(time).InZone(zone).ToDateTimeOffset();

    public static Meeting Of(MeetingRow row, string repName, bool isEmailed) => new()
    {
        Id = row.Id.Value,
        Rep = row.RepId.Value,
        RepName = repName,
        Start = Local(row.StartsAt, row.Zone),
        End = Local(row.EndsAt, row.Zone),
        TimeZone = row.TimeZone,
        State = row.IsCancelled ? MeetingState.Cancelled : MeetingState.Booked,
        Lead = new MeetingLead { Name = row.Name, Email = row.Email, Phone = row.Phone },
        Note = row.Note,
        ConversationId = row.ConversationId,
        CreatedAt = row.CreatedAt,
        CancelledAt = row.CancelledAt,
        Emailed = isEmailed,
    };
}
