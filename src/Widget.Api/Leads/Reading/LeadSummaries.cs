using System.Globalization;
using System.Text.Json;
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
        return Create(messages, signals, qualification, answers);
    }

    /// <summary>Creates a summary.</summary>
    /// <param name="messages">The visitor's last messages, newest first.</param>
    /// <param name="signals">Meetings and answers, oldest first.</param>
    /// <param name="qualification">The tenant's questions.</param>
    /// <param name="answers">The answers by key.</param>
    internal static LeadSummary Create(
        IReadOnlyList<VisitorMessage> messages,
        IReadOnlyList<ConversationEvent> signals,
        LeadQualification qualification,
        IReadOnlyDictionary<string, JsonElement> answers)
    {
        var meetings = signals.OfType<MeetingEvent>()
            .GroupBy(meeting => meeting.MeetingId, (_, changes) => changes.Last())
            .Where(meeting => meeting is not MeetingCancelled)
            .OrderBy(meeting => meeting.Start)
            .Select(meeting => new SummaryMeeting(meeting.Start, meeting.RepName))
            .ToList();
        var summary = new LeadSummary
        {
            Text = "",
            Questions =
            [
                .. messages.Select(message => Line(message.Text)).Where(line => line.Length > 0)
                    .Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxItems),
            ],
            Answers =
            [
                .. qualification.Questions.Where(question => answers.ContainsKey(question.Key))
                    .Select(question =>
                        new SummaryAnswer(question.Key, question.Text, LeadScore.AnswerText(question, answers[question.Key]))),
            ],
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
        Offer.Booking => "an appointment",
        _ => "a person",
    };
}
