using Widget.Api.Conversations;
using Widget.Api.Leads.Reading;
using Widget.Api.Mail;
using Widget.Api.Meetings.Mails;
using Widget.Api.Meetings.Page;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings.Booking;

/// <summary>
/// Tells everybody about a change of a meeting, in the transaction of the change: the conversation gets an event, and the visitor and the
/// rep get e-mails with the invitation.
/// </summary>
internal sealed class MeetingAnnouncements(
    Outbox outbox,
    MailOptions mail,
    TenantSettingsService settings,
    ManageLinks links,
    TimeProvider clock)
{
    private const int MaxEvents = 200;

    /// <summary>Whether e-mails are sent.</summary>
    public bool SendsMail => outbox.IsAvailable;

    /// <summary>Returns the company's language for the rep's e-mail; null for English. Call it before the transaction.</summary>
    public async Task<string?> LocaleAsync(TenantId tenant, CancellationToken ct) =>
        (await settings.ReadAsync(tenant, ct)).Locale is var locale and not "auto" ? locale : null;

    /// <param name="db">The transaction of the change.</param>
    /// <param name="change">What has happened.</param>
    /// <param name="meeting">The meeting as it is now.</param>
    /// <param name="rep">The rep.</param>
    /// <param name="place">The company and its pages.</param>
    /// <param name="previous">The start and the rep before a move; null otherwise.</param>
    /// <param name="page">The page on which the visitor books; null if it is unknown, and for changes.</param>
    /// <param name="ct">Cancels the statements.</param>
    public async Task AddAsync(
        TenantDb db,
        MeetingChange change,
        MeetingRow meeting,
        RepRow rep,
        MeetingPlace place,
        (DateTimeOffset Start, RepRow Rep)? previous,
        string? page,
        CancellationToken ct)
    {
        ConversationId? conversation = meeting.ConversationId is { } id ? new ConversationId(id) : null;
        // The conversation so far, without the event about the meeting.
        var visit = SendsMail && conversation is { } read && change != MeetingChange.Cancelled
            ? new MeetingVisit(
                (await ConversationQueries.SnapshotAsync(db, read, MaxEvents, ct))?.LatestEvents ?? [],
                await LeadSummaries.AnswersAsync(db, read, ct),
                page)
            : MeetingVisit.None;
        if (conversation is { } told)
            await ConversationLog.AppendAsync(db, told, EventOf(change, meeting, rep, previous?.Start, page), ct);
        if (!SendsMail) return;
        var manage = links.AddressOf(new ManageLink(meeting.TenantId, meeting.Id), place.Origin);
        var notice = new MeetingNotice(meeting, rep, place.Company, mail.From!, manage, clock.GetUtcNow());
        await outbox.AddAsync(db, conversation, clientId: null, MeetingMail.ForVisitor(change, notice), ct);
        // A removed rep has no address any more.
        if (rep.Email.Length > 0)
            await outbox.AddAsync(db, conversation, clientId: null, MeetingMail.ForRep(change, notice, place.Locale, visit), ct);
        if (previous is { Rep: { Email.Length: > 0 } before } && before.Id != rep.Id)
        {
            var over = MeetingMail.ForRep(MeetingChange.Cancelled, notice with { Rep = before }, place.Locale, MeetingVisit.None);
            await outbox.AddAsync(db, conversation, clientId: null, over, ct);
        }
    }

    private static MeetingEvent EventOf(
        MeetingChange change,
        MeetingRow meeting,
        RepRow rep,
        DateTimeOffset? previous,
        string? page) => change switch
        {
            MeetingChange.Booked => new MeetingBooked
            {
                MeetingId = meeting.Id.Value,
                Start = MeetingView.Local(meeting.StartsAt, meeting.Zone),
                End = MeetingView.Local(meeting.EndsAt, meeting.Zone),
                TimeZone = meeting.TimeZone,
                RepName = rep.Name,
                Page = page,
            },
            MeetingChange.Moved => new MeetingRescheduled
            {
                MeetingId = meeting.Id.Value,
                Start = MeetingView.Local(meeting.StartsAt, meeting.Zone),
                End = MeetingView.Local(meeting.EndsAt, meeting.Zone),
                TimeZone = meeting.TimeZone,
                RepName = rep.Name,
                PreviousStart = MeetingView.Local(previous ?? meeting.StartsAt, meeting.Zone),
            },
            _ => new MeetingCancelled
            {
                MeetingId = meeting.Id.Value,
                Start = MeetingView.Local(meeting.StartsAt, meeting.Zone),
                End = MeetingView.Local(meeting.EndsAt, meeting.Zone),
                TimeZone = meeting.TimeZone,
                RepName = rep.Name,
            },
        };
}

/// <summary>The company and its pages, for texts about a meeting.</summary>
/// <param name="Company">The tenant's name.</param>
/// <param name="Origin">The origin of our pages.</param>
/// <param name="Locale">The company's language; null for English.</param>
internal sealed record MeetingPlace(string Company, string Origin, string? Locale);
