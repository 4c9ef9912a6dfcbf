using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using MimeKit;
using NodaTime;
using Widget.Api.Mail;
using Widget.Api.Reps;
using Widget.Api.SpokenMarkdown;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Meetings.Mails;

/// <summary>What has happened to a meeting.</summary>
internal enum MeetingChange
{
    Booked,
    Moved,
    Cancelled,
}

/// <summary>All that an e-mail about a meeting says.</summary>
/// <param name="Meeting">The meeting as it is now.</param>
/// <param name="Rep">The rep.</param>
/// <param name="Company">The tenant's name.</param>
/// <param name="Organizer">The sender of the e-mails.</param>
/// <param name="ManageUrl">The page on which the visitor changes the meeting.</param>
/// <param name="Now">The current time.</param>
internal sealed record MeetingNotice(
    MeetingRow Meeting,
    RepRow Rep,
    string Company,
    MailboxAddress Organizer,
    string ManageUrl,
    DateTimeOffset Now);

/// <summary>What the rep should know of the visitor.</summary>
/// <param name="Events">The conversation, oldest event first.</param>
/// <param name="Answers">The visitor's answers to the company's questions.</param>
/// <param name="Page">The page on which the visitor booked; null if it is unknown.</param>
internal sealed record MeetingVisit(IReadOnlyList<ConversationEvent> Events, IReadOnlyList<SummaryAnswer> Answers, string? Page)
{
    /// <summary>Nothing: the meeting is over, or was booked outside of a conversation.</summary>
    public static MeetingVisit None { get; } = new([], [], Page: null);
}

/// <summary>Renders the e-mails about a meeting, with the invitation.</summary>
internal static class MeetingMail
{
    private const int MaxMessages = 40;
    private const int MaxLength = 600;

    // Text of all languages is readable in the source of the e-mail, too.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>
    /// Renders the visitor's e-mail. It contains nothing that the visitor has typed: anybody can book with anybody's address, and must not
    /// be able to send them a text of their own.
    /// </summary>
    public static MailContent ForVisitor(MeetingChange change, MeetingNotice notice)
    {
        var (meeting, rep, company) = (notice.Meeting, notice.Rep, notice.Company);
        var words = MeetingWords.Of(meeting.Locale);
        var time = words.Time(StartOf(meeting), EndOf(meeting), meeting.Zone);
        var (subject, text) = change switch
        {
            MeetingChange.Booked => (words.BookedSubject, words.BookedText),
            MeetingChange.Moved => (words.MovedSubject, words.MovedText),
            _ => (words.CancelledSubject, words.CancelledText),
        };
        var isCancelled = change == MeetingChange.Cancelled;
        var sentence = MeetingWords.Fill(text, rep.Name, company);
        var footer = MeetingWords.Fill(words.Footer, company);
        var plain = new StringBuilder(sentence).Append("\n\n").Append(words.When).Append(": ").Append(time).Append("\n\n");
        var html = new StringBuilder($"<p>{Encode(sentence)}</p>\n")
            .Append($"<p><strong>{Encode(words.When)}</strong>: <bdi>{Encode(time)}</bdi></p>\n");
        if (!isCancelled)
        {
            plain.Append(words.Manage).Append(":\n").Append(notice.ManageUrl).Append("\n\n");
            html.Append($"<p><a href=\"{Encode(notice.ManageUrl)}\">{Encode(words.Manage)}</a></p>\n");
            plain.Append("--\n").Append(footer).Append('\n');
            html.Append($"<p style=\"margin:32px 0 0;color:#5b6470;font-size:13px\">{Encode(footer)}</p>\n");
        }

        return new MailContent(
            meeting.Email,
            OneLine(MeetingWords.Fill(subject, company, time)),
            plain.ToString(),
            Document(words, html))
        {
            ReplyTo = rep.Email,
            Calendar = Write(
                isCancelled,
                notice,
                visitorName: null,
                MeetingWords.Fill(words.Summary, rep.Name, company),
                isCancelled ? sentence : $"{sentence}\n\n{words.Manage}:\n{notice.ManageUrl}"),
        };
    }

    /// <summary>Renders the rep's e-mail: who the visitor is, what the visitor wrote and answered, and the conversation.</summary>
    /// <param name="change">What has happened.</param>
    /// <param name="notice">The meeting.</param>
    /// <param name="locale">The language of the company; null for English.</param>
    /// <param name="visit">What the rep should know of the visitor.</param>
    public static MailContent ForRep(MeetingChange change, MeetingNotice notice, string? locale, MeetingVisit visit)
    {
        var (meeting, rep) = (notice.Meeting, notice.Rep);
        var words = MeetingWords.Of(locale);
        var visitor = OneLine(meeting.Name ?? meeting.Email);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(rep.TimeZone) ?? DateTimeZone.Utc;
        var time = words.Time(StartOf(meeting), EndOf(meeting), zone);
        var subject = change switch
        {
            MeetingChange.Booked => words.RepBookedSubject,
            MeetingChange.Moved => words.RepMovedSubject,
            _ => words.RepCancelledSubject,
        };
        var title = OneLine(MeetingWords.Fill(subject, visitor, time));
        (string Label, string? Value)[] facts =
        [
            (words.When, time),
            (words.VisitorsTime, words.Time(StartOf(meeting), EndOf(meeting), meeting.Zone)),
            (words.Name, meeting.Name),
            (words.Email, meeting.Email),
            (words.Phone, meeting.Phone),
            (words.Note, meeting.Note),
            (words.Page, visit.Page ?? visit.Events.OfType<VisitorMessage>().LastOrDefault(message => message.Page is not null)?.Page),
            .. visit.Answers.Select(answer => (answer.Question, (string?)answer.Answer)),
        ];
        var plain = new StringBuilder();
        var html = new StringBuilder($"<p><strong>{Encode(title)}</strong></p>\n");
        foreach (var (label, value) in facts.Where(fact => fact.Value is not null))
        {
            plain.Append(label).Append(": ").Append(value).Append('\n');
            html.Append("<p style=\"margin:4px 0;white-space:pre-line\">")
                .Append($"<strong>{Encode(label)}</strong>: <bdi>{Encode(value!)}</bdi></p>\n");
        }

        if (change != MeetingChange.Cancelled) AddConversation(plain, html, words, visit.Events);
        return new MailContent(rep.Email, title, plain.ToString(), Document(words, html))
        {
            ReplyTo = meeting.Email,
            Calendar = Write(
                change == MeetingChange.Cancelled,
                notice,
                visitor,
                MeetingWords.Fill(words.RepSummary, visitor, notice.Company),
                plain.ToString()),
        };
    }

    private static void AddConversation(
        StringBuilder plain,
        StringBuilder html,
        MeetingWords words,
        IReadOnlyList<ConversationEvent> events)
    {
        var messages = events.Select(entry => Line(entry, words)).OfType<(string Name, string Text)>().TakeLast(MaxMessages).ToList();
        if (messages.Count == 0) return;
        plain.Append('\n').Append(words.Conversation).Append(":\n");
        html.Append($"<p style=\"margin:24px 0 4px\"><strong>{Encode(words.Conversation)}</strong></p>\n");
        foreach (var (name, text) in messages)
        {
            var shown = text.Length > MaxLength ? Truncation.Truncate(text, MaxLength) + "…" : text;
            plain.Append(name).Append(": ").Append(shown).Append('\n');
            html.Append($"<p dir=\"auto\" style=\"margin:4px 0;white-space:pre-line\"><em>{Encode(name)}</em>: {Encode(shown)}</p>\n");
        }
    }

    private static (string Name, string Text)? Line(ConversationEvent entry, MeetingWords words) => entry switch
    {
        VisitorMessage message => (words.Visitor, message.Page is { } page ? $"{message.Text} [{page}]" : message.Text),
        Utterance { Speaker: Speaker.Visitor } said => (words.Visitor, said.Text),
        PersonRequested { Message: { } message } => (words.Visitor, message),
        Utterance said => ("AI", said.Text),
        AssistantMessage answer => ("AI", SpokenText.Of(answer.Text).Trim()),
        PersonMessage { Text.Length: > 0 } message => (message.Name, message.Text),
        _ => null,
    };

    private static CalendarPart Write(bool isCancelled, MeetingNotice notice, string? visitorName, string summary, string description) =>
        Invitation.Write(
            isCancelled ? Invitation.Cancel : Invitation.Request,
            notice.Meeting,
            new MailboxAddress(notice.Rep.Name, notice.Rep.Email),
            new MailboxAddress(visitorName, notice.Meeting.Email),
            new MailboxAddress(notice.Company, notice.Organizer.Address),
            summary,
            description,
            notice.Now);

    private static string Document(MeetingWords words, StringBuilder content) =>
        $"""
        <!doctype html>
        <html lang="{words.Locale}" dir="{words.Direction}">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
        <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c2530">
        <div style="max-width:640px;margin:0 auto">
        {content}</div>
        </body>
        </html>
        """;

    private static Instant StartOf(MeetingRow meeting) => Instant.FromDateTimeOffset(meeting.StartsAt);

    private static Instant EndOf(MeetingRow meeting) => Instant.FromDateTimeOffset(meeting.EndsAt);

    private static string Encode(string text) => Html.Encode(text);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
