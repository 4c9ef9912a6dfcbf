using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.Search;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;

namespace Widget.Api.Evaluation;

/// <summary>Answers a question as a visitor would get it, outside of a conversation, and tells how the answer was found.</summary>
internal sealed class QuestionTrial(
    Answerer answerer,
    ChatModels models,
    TenantSettingsService settings,
    MonthlyBudget budget,
    UsageMeter meter,
    TimeProvider clock)
{
    /// <summary>Asks a question.</summary>
    /// <exception cref="Widget.Rag.Search.SearchUnavailableException">None of the knowledge bases answered.</exception>
    public async Task<TrialAnswer> AskAsync(TenantInfo tenant, TrialRequest request, CancellationToken ct)
    {
        var current = SearchPlans.WithWeight(await settings.ReadAsync(tenant.TenantId, ct), request.TavusKBWeight);
        var context = new AnswerContext(
            tenant,
            current,
            new VisitorMessage { Text = request.Question, Locale = request.Language },
            [],
            new Dictionary<string, string>(StringComparer.Ordinal))
        {
            Budget = await budget.CheckAsync(tenant.TenantId, current, ct),
            Model = await models.FindAsync(tenant.TenantId, ct),
        };
        using var tally = ModelTally.Begin();
        var start = clock.GetTimestamp();
        var finding = await answerer.FindAsync(context, request.Strategy, Scoring.Depth, ct);
        // The answerer needs a live answer to stream to, which no client watches here.
        var live = new LiveAnswer(MessageId.New(), ConversationId.New(), static () => { }, clock);
        var answer = await answerer.AnswerAsync(context, finding, live, 1, CancellationToken.None, ct);
        var milliseconds = clock.GetElapsedTime(start).TotalMilliseconds;
        if (!tally.Use.IsEmpty)
        {
            await meter.CountAsync(tenant.TenantId, UsageMeter.Evaluation, Guid.CreateVersion7(), tally.Use, ct);
            budget.Count(tenant.TenantId, UsageMeter.Evaluation, tally.Use);
        }

        var hits = finding.Result.Hits;
        return new TrialAnswer(
            answer.Text,
            answer.Outcome,
            answer.Citations,
            answer.OffersPerson,
            answer.Searched,
            [.. hits.Select(SearchReports.ToHit)],
            [.. hits.Index().Where(hit => finding.Relevant.Contains(hit.Item)).Select(hit => hit.Index + 1)],
            finding.Result.Confidence,
            SearchReports.ToReport(finding.Result.Trace),
            milliseconds);
    }
}
