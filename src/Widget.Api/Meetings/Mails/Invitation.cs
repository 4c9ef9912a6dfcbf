using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using MimeKit;
using Widget.Api.Mail;

namespace Widget.Api.Meetings.Mails;

/// <summary>
/// Writes a meeting as iCalendar object (RFC 5545). The organizer is the installation's sender, because calendar programs accept changes
/// and cancellations only from the organizer, and all e-mails come from that address. Times are UTC, which is right in every calendar.
/// </summary>
internal static class Invitation
{
    public const string Request = "REQUEST";
    public const string Cancel = "CANCEL";
    private const string Publish = "PUBLISH";
    private const string UidSuffix = "@meetings.widget";

    /// <summary>The UID of a meeting. It stays the same, so that calendars move their entry instead of adding another one.</summary>
    public static string UidOf(MeetingId meeting) => $"{meeting.Value:N}{UidSuffix}";

    /// <summary>Writes the invitation that an e-mail carries.</summary>
    /// <param name="method"><see cref="Request"/> or <see cref="Cancel"/>.</param>
    /// <param name="meeting">The meeting.</param>
    /// <param name="rep">The rep's name and address.</param>
    /// <param name="visitor">How the visitor's address is shown.</param>
    /// <param name="organizer">The sender of the e-mail.</param>
    /// <param name="summary">The title.</param>
    /// <param name="description">The text.</param>
    /// <param name="now">When the object is written.</param>
    public static CalendarPart Write(
        string method,
        MeetingRow meeting,
        MailboxAddress rep,
        MailboxAddress visitor,
        MailboxAddress organizer,
        string summary,
        string description,
        DateTimeOffset now)
    {
        var entry = Entry(meeting, summary, description, now, isCancelled: method == Cancel);
        entry.Organizer = new Organizer($"mailto:{organizer.Address}") { CommonName = organizer.Name };
        entry.Attendees.Add(Attendee(visitor));
        entry.Attendees.Add(Attendee(rep));
        return new CalendarPart(method, Serialize(method, entry));
    }

    /// <summary>Writes the meeting as a file that people add to their calendar themselves.</summary>
    public static string WriteFile(MeetingRow meeting, string summary, string description, DateTimeOffset now) =>
        Serialize(Publish, Entry(meeting, summary, description, now, meeting.IsCancelled));

    private static CalendarEvent Entry(
        MeetingRow meeting,
        string summary,
        string description,
        DateTimeOffset now,
        bool isCancelled) => new()
        {
            Uid = UidOf(meeting.Id),
            DtStart = Utc(meeting.StartsAt),
            DtEnd = Utc(meeting.EndsAt),
            DtStamp = Utc(now),
            Sequence = meeting.Sequence,
            Summary = summary,
            Description = description,
            Status = isCancelled ? EventStatus.Cancelled : EventStatus.Confirmed,
            Transparency = TransparencyType.Opaque,
        };

    private static Attendee Attendee(MailboxAddress person) => new(MailAddress.Link(person.Address))
    {
        CommonName = string.IsNullOrEmpty(person.Name) ? person.Address : person.Name,
        Role = ParticipationRole.RequiredParticipant,
        ParticipationStatus = EventParticipationStatus.Accepted,
        Rsvp = false,
    };

    private static string Serialize(string method, CalendarEvent entry)
    {
        var calendar = new Calendar { Method = method, ProductId = "-//Widget//Meetings//EN" };
        calendar.Events.Add(entry);
        return new CalendarSerializer().SerializeToString(calendar)!;
    }

    private static CalDateTime Utc(DateTimeOffset time) => new(time.UtcDateTime, CalDateTime.UtcTzId);
}
