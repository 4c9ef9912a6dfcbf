using System.Globalization;
using System.Text.Json;
using NodaTime;
using Widget.Api.Conversations;
using Widget.Api.Leads.Qualification;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Leads.Reading;

/// <summary>Summarizes what a lead has said and done, for the rep. Everything is quoted from the log.</summary>
internal static class LeadSummaries
{
    private const int MaxItems = 5;
    private const int MaxMessages = 40;
    private const int MaxQuestionLength = 160;
    private const int MaxTextLength = 1_000;

    public static async Task<LeadSummary> OfAsync(TenantDb db, Lead lead, CancellationToken ct)
    {
        Guid[] conversations = [.. lead.ConversationIds];
        var signals = await ConversationQueries.SignalsAsync(db, conversations, ct);
        var latest = await ConversationQueries.LatestAsync(db, conversations, ["visitor_message"], before: null, MaxMessages, ct);
        var messages = latest.Select(entry => entry.Event).OfType<VisitorMessage>().ToList();
        var qualification = await LeadScorer.QualificationAsync(db, ct) ?? new LeadQualification();
        var answers = LeadScorer.Answers(signals, await StaffAnswersAsync(db, lead.Id, ct));
        return Create(messages, signals, await ProgramMeetingsAsync(db, lead.Id, ct), qualification, answers);
    }

    /// <summary>What the visitor of a conversation has answered to the company's questions.</summary>
    public static async Task<IReadOnlyList<SummaryAnswer>> AnswersAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        var signals = await ConversationQueries.SignalsAsync(db, [conversation.Value], ct);
        var answers = LeadScorer.Answers(signals, staffAnswers: "{}");
        return answers.Count == 0 ? [] : Answered(await LeadScorer.QualificationAsync(db, ct) ?? new LeadQualification(), answers);
    }

    // Meetings that a program has booked are in no conversation.
    private static async Task<IReadOnlyList<SummaryMeeting>> ProgramMeetingsAsync(TenantDb db, Guid lead, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select meeting.starts_at, meeting.time_zone, rep.name
            from lead_overview lead
            join meetings meeting on meeting.tenant_id = $1 and meeting.conversation_id is null and meeting.cancelled_at is null
              and lower(meeting.email) in (select lower(address) from unnest(lead.other_emails || lead.email) address)
            join reps rep on rep.tenant_id = $1 and rep.id = meeting.rep_id
            where lead.tenant_id = $1 and lead.id = $2
            """,
            [db.TenantId.Value, lead]);
        await using var row = await command.ExecuteReaderAsync(ct);
        var meetings = new List<SummaryMeeting>();
        while (await row.ReadAsync(ct))
        {
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(row.GetString(1)) ?? DateTimeZone.Utc;
            var start = Instant.FromDateTimeOffset(row.GetFieldValue<DateTimeOffset>(0)).InZone(zone).ToDateTimeOffset();
            meetings.Add(new SummaryMeeting(start, row.GetString(2)));
        }

        return meetings;
    }

    /// <summary>Creates a summary.</summary>
    /// <param name="messages">The visitor's last messages, newest first.</param>
    /// <param name="signals">Meetings and answers, oldest first.</param>
    /// <param name="others">Meetings that are in no conversation.</param>
    /// <param name="qualification">The tenant's questions.</param>
    /// <param name="answers">The answers by key.</param>
    internal static LeadSummary Create(
        IReadOnlyList<VisitorMessage> messages,
        IReadOnlyList<ConversationEvent> signals,
        IReadOnlyList<SummaryMeeting> others,
        LeadQualification qualification,
        IReadOnlyDictionary<string, JsonElement> answers)
    {
        var meetings = signals.OfType<MeetingEvent>()
            .GroupBy(meeting => meeting.MeetingId, (_, changes) => changes.Last())
            .Where(meeting => meeting is not MeetingCancelled)
            .Select(meeting => new SummaryMeeting(meeting.Start, meeting.RepName))
            .Concat(others)
            .OrderBy(meeting => meeting.Start)
            .ToList();
        var summary = new LeadSummary
        {
            Text = "",
            Questions =
            [
                .. messages.Select(message => Line(message.Text)).Where(line => line.Length > 0)
                    .Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxItems),
            ],
            Answers = Answered(qualification, answers),
            Pages = [.. messages.Select(message => message.Page).OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxItems)],
            Meetings = meetings,
            AskedFor =
            [
                .. signals.OfType<AssistantMessage>().SelectMany(answer => answer.Offers).Where(offer => offer != Offer.Contact)
                    .Distinct().Order(),
            ],
        };
        return summary with { Text = TextOf(summary) };
    }

    private static IReadOnlyList<SummaryAnswer> Answered(
        LeadQualification qualification,
        IReadOnlyDictionary<string, JsonElement> answers) =>
        [
            .. qualification.Questions.Where(question => answers.ContainsKey(question.Key))
                .Select(question => new SummaryAnswer(question.Key, question.Text, LeadScore.AnswerText(question, answers[question.Key]))),
        ];

    private static string TextOf(LeadSummary summary)
    {
        var lines = new List<string>();
        var meetings = summary.Meetings.Select(meeting => $"{Time(meeting.Start)} with {meeting.RepName}");
        if (summary.Meetings.Count > 0) lines.Add($"Meetings: {string.Join("; ", meetings)}");
        if (summary.AskedFor.Count > 0) lines.Add($"Asked for: {string.Join(", ", summary.AskedFor.Select(NameOf))}");
        if (summary.Answers.Count > 0)
            lines.Add($"Answers: {string.Join("; ", summary.Answers.Select(answer => $"{answer.Question} {answer.Answer}"))}");
        if (summary.Questions.Count > 0) lines.Add($"Last messages: {string.Join(" | ", summary.Questions)}");
        if (summary.Pages.Count > 0) lines.Add($"Pages: {string.Join(", ", summary.Pages)}");
        return Truncation.Truncate(string.Join('\n', lines), MaxTextLength);
    }

    private static async Task<string> StaffAnswersAsync(TenantDb db, Guid lead, CancellationToken ct)
    {
        await using var command = db.Command(
            "select answers from lead_overview where tenant_id = $1 and id = $2",
            [db.TenantId.Value, lead]);
        return await command.ExecuteScalarAsync(ct) as string ?? "{}";
    }

    private static string Line(string text) => Truncation.Truncate(VisitNotes.Line(text), MaxQuestionLength);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    private static string NameOf(Offer offer) => offer switch
    {
        Offer.Pricing => "a price",
        Offer.Demo => "a demo",
        Offer.Booking => "a meeting",
        _ => "a person",
    };
}
