using System.Text.Json;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Qualification;

/// <summary>Scores leads within a transaction.</summary>
internal static class LeadScorer
{
    /// <summary>
    /// Scores a lead from what this transaction sees. Does nothing if the tenant has no qualification, and changes no row if the score
    /// stays the same. Call it under the lock of leads, so that an older score does not replace a newer one.
    /// </summary>
    /// <param name="db">An open transaction that holds the lock.</param>
    /// <param name="lead">A lead that is not merged into another.</param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task ScoreAsync(TenantDb db, LeadId lead, CancellationToken ct)
    {
        if (await QualificationAsync(db, ct) is not { } qualification) return;
        if (await EvidenceAsync(db, lead, ct) is not { } evidence) return;
        var scored = LeadScore.Of(qualification, evidence);
        await using var update = db.Command(
            """
            update leads set score = $3, scored_tier = $4, reasons = $5
            where tenant_id = $1 and id = $2 and (score, scored_tier, reasons) is distinct from ($3, $4, $5)
            """,
            [db.TenantId.Value, lead.Value, scored.Score, scored.Tier, scored.Reasons.ToArray()]);
        await update.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The tenant's qualification. Null if there is none.</summary>
    public static async Task<LeadQualification?> QualificationAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command("select qualification from lead_settings where tenant_id = $1", [db.TenantId.Value]);
        return await command.ExecuteScalarAsync(ct) is string stored ? LeadJson.Parse<LeadQualification>(stored) : null;
    }

    /// <summary>The latest answers in events of conversations, oldest event first, and those of staff, which count more.</summary>
    public static Dictionary<string, JsonElement> Answers(IEnumerable<ConversationEvent> events, string staffAnswers)
    {
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var answered in events.OfType<QualificationAnswered>())
            foreach (var (key, answer) in answered.Answers) answers[key] = answer;
        foreach (var (key, answer) in LeadJson.Values(staffAnswers)) answers[key] = answer;
        return answers;
    }

    // Null if the lead was deleted or merged meanwhile.
    private static async Task<LeadEvidence?> EvidenceAsync(TenantDb db, LeadId lead, CancellationToken ct)
    {
        string staffAnswers;
        bool hasCompanyEmail;
        bool hasMeeting;
        Guid[] conversations;
        await using (var command = db.Command(
            """
            select answers, array_remove(other_emails || email, null), array(
              select distinct conversation_id from lead_conversations
              where tenant_id = $1 and lead_id = any(lead.merged_ids || lead.id)),
              -- A program has booked it, so no conversation knows of it.
              exists (
                select from meetings
                where tenant_id = $1 and conversation_id is null and cancelled_at is null
                  and lower(meetings.email) in (select lower(address) from unnest(lead.other_emails || lead.email) address))
            from lead_overview lead where tenant_id = $1 and id = $2
            """,
            [db.TenantId.Value, lead.Value]))
        {
            await using var row = await command.ExecuteReaderAsync(ct);
            if (!await row.ReadAsync(ct)) return null;
            staffAnswers = row.GetString(0);
            hasCompanyEmail = row.GetFieldValue<string[]>(1).Any(email => CompanyDomains.Of(email) is not null);
            conversations = row.GetFieldValue<Guid[]>(2);
            hasMeeting = row.GetBoolean(3);
        }

        var events = await ConversationQueries.SignalsAsync(db, conversations, ct);
        var cancelled = events.OfType<MeetingCancelled>().Select(meeting => meeting.MeetingId).ToHashSet();
        return new LeadEvidence
        {
            Answers = Answers(events, staffAnswers),
            AskedFor = events.OfType<AssistantMessage>().SelectMany(answer => answer.Offers).ToHashSet(),
            HasMeeting = hasMeeting || events.OfType<MeetingBooked>().Any(meeting => !cancelled.Contains(meeting.MeetingId)),
            HasCompanyEmail = hasCompanyEmail,
            Conversations = conversations.Length,
        };
    }
}
