using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Leads.Qualification;

/// <summary>
/// The outcome of answering questions. At most one property is set; all are null if the conversation is not the visitor's.
/// </summary>
internal sealed record QualificationOutcome(
    QualificationAnswered? Answered = null,
    Refusal? Refusal = null,
    (string Field, string Error)? Problem = null);

/// <summary>The tenant's qualification and visitors' answers to its questions.</summary>
internal sealed class QualificationService(
    TenantDatabase database,
    RequestLimits limits,
    WakeUpSignal<LeadScoringWorker> signal)
{
    /// <summary>The tenant's qualification, or the defaults without questions if it never saved any.</summary>
    public async Task<LeadQualification> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select qualification from lead_settings where tenant_id = $1", [tenant.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) && !row.IsDBNull(0)
            ? LeadJson.Parse<LeadQualification>(row.GetString(0))
            : new LeadQualification();
    }

    /// <summary>The questions that visitors are asked, as they see them.</summary>
    public async Task<IReadOnlyList<VisitorQuestion>> QuestionsAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await ReadAsync(tenant, ct)).Questions.Where(question => question.AskVisitor).Select(ToVisitor)];

    /// <summary>Replaces the tenant's qualification. A worker scores all leads again.</summary>
    public async Task SaveAsync(TenantId tenant, LeadQualification qualification, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await db.LockAsync("lead settings", ct);
            var row = await db.LeadSettings.SingleOrDefaultAsync(ct);
            if (row is null) db.LeadSettings.Add(row = new LeadSettingsRow { TenantId = tenant });
            row.Qualification = LeadJson.Write(qualification);
            await db.SaveChangesAsync(ct);
            await using var list = db.Command(
                "insert into leads_to_score (tenant_id, lead_id) select tenant_id, id from leads where tenant_id = $1 and top_id is null",
                [tenant.Value]);
            await list.ExecuteNonQueryAsync(ct);
            await db.CommitAsync(ct);
        }

        signal.Raise();
    }

    /// <summary>
    /// Keeps a visitor's answers as an event, once for each client id, and scores the conversation's leads in the same transaction.
    /// </summary>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<QualificationOutcome> AnswerAsync(
        VisitorTicket visitor,
        ConversationId conversation,
        QualificationRequest request,
        CancellationToken ct)
    {
        await using (var read = await database.BeginAsync(visitor.Tenant, ct))
        {
            if (!await ConversationLog.LockAsync(read, conversation, visitor.Visitor, ct)) return new();
            if (await ConversationLog.FindAsync<QualificationAnswered>(read, conversation, request.ClientId, ct) is { } before)
                return new(Answered: before);
            var qualification = await LeadScorer.QualificationAsync(read, ct) ?? new LeadQualification();
            var visible = qualification.Questions.Where(question => question.AskVisitor);
            if (AnswerCheck.FindProblem(visible, request.Answers, allowsNull: false) is { } problem) return new(Problem: problem);
        }

        // Outside of the transaction, because the limits may wait for another connection to the database.
        if (await TakeAsync(visitor.Tenant, conversation, ct) is { } refusal) return new(Refusal: refusal);
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor.Visitor, ct)) return new();
        if (await ConversationLog.FindAsync<QualificationAnswered>(db, conversation, request.ClientId, ct) is { } sent)
            return new(Answered: sent);
        var answered = await ConversationLog.AppendAsync(
            db,
            conversation,
            new QualificationAnswered
            {
                ClientId = request.ClientId,
                Answers = Trimmed(request.Answers),
                Page = ContinueLinks.WithoutToken(request.Page),
            },
            ct);
        await db.LockAsync(LeadRecorder.LockName, ct);
        foreach (var lead in await LeadMatches.OfConversationAsync(db, conversation, ct)) await LeadScorer.ScoreAsync(db, lead, ct);
        await db.CommitAsync(ct);
        return new(Answered: answered);
    }

    private async Task<Refusal?> TakeAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) =>
        await limits.TakeAsync(Limit.Contacts, conversation.ToString(), ct)
            ?? await limits.TakeAsync(Limit.TenantContacts, tenant.ToString(), ct);

    private static Dictionary<string, JsonElement> Trimmed(IReadOnlyDictionary<string, JsonElement> answers) => answers.ToDictionary(
        answer => answer.Key,
        answer => answer.Value.ValueKind == JsonValueKind.String
            ? JsonSerializer.SerializeToElement(answer.Value.GetString()!.Trim())
            : answer.Value,
        StringComparer.Ordinal);

    private static VisitorQuestion ToVisitor(QualificationQuestion question) => new(
        question.Key,
        question.Text,
        question.Texts,
        question.Kind,
        question.Kind is QuestionKind.Choice or QuestionKind.Boolean
            ? [.. question.Answers.Select(answer => new VisitorAnswer(answer.Value!, answer.Label ?? answer.Value!, answer.Labels))]
            : []);
}
