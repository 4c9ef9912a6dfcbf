using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.SpokenMarkdown;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>
/// Drafts replies for reps: the assistant answers the visitor's last message, and only the rep sees it. Nothing is appended.
/// </summary>
internal sealed partial class Suggestions(
    TenantDatabase database,
    Answerer answerer,
    ChatModels models,
    TenantSettingsService settings,
    MonthlyBudget budget,
    UsageMeter usage,
    TimeProvider clock)
{
    private const int HistoryLength = 30;

    public static void MapSuggestions(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/inbox/{id:guid}/suggest", Suggest).ForStaff(StaffArea.Conversations).WithTags("Inbox")
            .Validate<RepAction>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Draft a reply to the visitor's last message; only the caller sees it");

    private static async Task<Results<Ok<SuggestedReply>, ValidationProblem, ProblemHttpResult>> Suggest(
        Guid id,
        RepAction request,
        IMultiTenantContextAccessor tenants,
        InboxReps reps,
        Suggestions suggestions,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        if (await reps.FindAsync(tenant.TenantId, request.RepId, ct) is null) return Problems.Invalid("repId", InboxReps.Unknown);
        var (draft, problem) = await suggestions.DraftAsync(tenant, new ConversationId(id), ct);
        return draft is not null ? TypedResults.Ok(draft) : problem!;
    }

    private async Task<(SuggestedReply? Draft, ProblemHttpResult? Problem)> DraftAsync(
        TenantInfo tenant,
        ConversationId conversation,
        CancellationToken ct)
    {
        ConversationSnapshot? snapshot;
        await using (var db = await database.BeginAsync(tenant.TenantId, ct))
            snapshot = await ConversationQueries.SnapshotAsync(db, conversation, HistoryLength, ct);
        if (snapshot is null) return (null, Problems.NotFound("conversation"));
        var history = SpokenHistory.AsMessages(snapshot.LatestEvents).ToList();
        if (history.FindLast(entry => entry is VisitorMessage { Text.Length: > 0 }) is not VisitorMessage question)
        {
            return (null, Problems.Create(
                StatusCodes.Status409Conflict,
                "There is nothing to reply to yet: the visitor has written nothing.",
                "empty"));
        }

        using var tally = ModelTally.Begin();
        var current = await settings.ReadAsync(tenant.TenantId, ct);
        var context = new AnswerContext(
            tenant,
            current,
            question with { Locale = question.Locale ?? snapshot.Visitor.Locale },
            [.. history.TakeWhile(entry => entry.Seq < question.Seq)],
            snapshot.Conversation.Context)
        {
            Budget = await budget.CheckAsync(tenant.TenantId, current, ct),
            Model = await models.FindAsync(tenant.TenantId, ct),
        };
        // The answerer needs a live answer to stream to, which no client watches here.
        var live = new LiveAnswer(MessageId.New(), conversation, static () => { }, clock);
        var answer = await answerer.AnswerAsync(context, live, 1, CancellationToken.None, ct);
        if (tally.Use.InputTokens + tally.Use.OutputTokens > 0)
            await usage.CountAsync(tenant.TenantId, UsageMeter.Completion, Guid.CreateVersion7(), tally.Use, CancellationToken.None);
        // "I don't know" is no help to a rep.
        return answer.Outcome is AnswerOutcome.NotFound or AnswerOutcome.Failed
            ? (new SuggestedReply("", []), null)
            : (new SuggestedReply(Citation().Replace(SpokenText.Of(answer.Text), "").Trim(), answer.Citations), null);
    }

    [GeneratedRegex(@"[ \t]*\[\d+\]", RegexOptions.None, 1000)]
    private static partial Regex Citation();
}
