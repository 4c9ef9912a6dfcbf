using System.Globalization;
using NodaTime;

namespace Widget.Api.Meetings.Mails;

/// <summary>The texts about meetings in one language: e-mails, invitations and the page on which visitors change a meeting.</summary>
internal sealed record MeetingWords
{
    public required string Locale { get; init; }

    /// <summary>Monday first.</summary>
    public required string[] Days { get; init; }

    public required string[] Months { get; init; }

    /// <summary>{0} is the day of the week, {1} the day, {2} the month, {3} the year.</summary>
    public required string Date { get; init; }

    /// <summary>{0} is the rep, {1} the company.</summary>
    public required string Summary { get; init; }

    /// <summary>Subjects for visitors. {0} is the company, {1} the time.</summary>
    public required string BookedSubject { get; init; }

    public required string MovedSubject { get; init; }

    public required string CancelledSubject { get; init; }

    /// <summary>First sentences for visitors. {0} is the rep, {1} the company.</summary>
    public required string BookedText { get; init; }

    public required string MovedText { get; init; }

    public required string CancelledText { get; init; }

    /// <summary>The link to the page.</summary>
    public required string Manage { get; init; }

    /// <summary>Why the visitor gets the e-mail. {0} is the company.</summary>
    public required string Footer { get; init; }

    /// <summary>The title of the rep's invitation. {0} is the visitor, {1} the company.</summary>
    public required string RepSummary { get; init; }

    /// <summary>Subjects for reps. {0} is the visitor, {1} the time.</summary>
    public required string RepBookedSubject { get; init; }

    public required string RepMovedSubject { get; init; }

    public required string RepCancelledSubject { get; init; }

    public required string When { get; init; }

    public required string VisitorsTime { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string Phone { get; init; }

    public required string Note { get; init; }

    public required string Page { get; init; }

    /// <summary>The heading of the conversation in the rep's e-mail.</summary>
    public required string Conversation { get; init; }

    public required string Visitor { get; init; }

    public required string PageTitle { get; init; }

    /// <summary>{0} is the rep, {1} the company.</summary>
    public required string With { get; init; }

    public required string HasStarted { get; init; }

    public required string IsCancelled { get; init; }

    public required string IsMoved { get; init; }

    public required string Move { get; init; }

    public required string ChooseTime { get; init; }

    public required string Later { get; init; }

    public required string NoTimes { get; init; }

    public required string Taken { get; init; }

    public required string Keep { get; init; }

    public required string CancelMeeting { get; init; }

    public required string ConfirmCancel { get; init; }

    public required string AddToCalendar { get; init; }

    public required string TooMany { get; init; }

    public required string UnknownTitle { get; init; }

    public required string Unknown { get; init; }

    /// <summary>The direction in which the language is written.</summary>
    public string Direction => Locale == "ar" ? "rtl" : "ltr";

    /// <summary>Returns the texts for a locale such as <c>de</c> or <c>de-AT</c>. English for other languages.</summary>
    public static MeetingWords Of(string? locale) => Find(locale) ?? MeetingTexts.English;

    /// <summary>Returns the texts in a browser's preferred language.</summary>
    public static MeetingWords Of(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => Find(language.Value.Value))
        .FirstOrDefault(words => words is not null) ?? MeetingTexts.English;

    /// <summary>Writes a day.</summary>
    public string Day(LocalDate date) =>
        Fill(Date, Days[(int)date.DayOfWeek - 1], date.Day, Months[date.Month - 1], date.Year);

    /// <summary>Writes when a meeting is, in a time zone and with its name.</summary>
    public string Time(Instant start, Instant end, DateTimeZone zone)
    {
        var (from, to) = (start.InZone(zone), end.InZone(zone));
        return $"{Day(from.Date)}, {Clock(from)}–{Clock(to)} ({zone.Id}, UTC{from.Offset.ToString("m", CultureInfo.InvariantCulture)})";
    }

    public static string Clock(ZonedDateTime time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string Fill(string pattern, params object[] values) => string.Format(CultureInfo.InvariantCulture, pattern, values);

    private static MeetingWords? Find(string? locale) => locale?.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "en" => MeetingTexts.English,
        "de" => MeetingTexts.German,
        "es" => MeetingTexts.Spanish,
        "ar" => MeetingTexts.Arabic,
        _ => null,
    };
}
