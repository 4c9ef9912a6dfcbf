using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.Search;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Api.Evaluation;

/// <summary>Asks one test question with the same search and answerer as a visitor's question, but outside of a conversation.</summary>
public sealed partial class QuestionAsker(
    Answerer answerer,
    ChatModels models,
    TenantSettingsService settings,
    IMultiTenantStore tenants,
    MonthlyBudget budget,
    TimeProvider clock,
    ILogger<QuestionAsker> logger)
{
    /// <summary>Asks a question and judges the result.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="question">The question and what is expected.</param>
    /// <param name="strategy">How to search.</param>
    /// <param name="withAnswer">Whether to also write the answer.</param>
    /// <param name="ct">Stops asking. Another node asks the question again.</param>
    public async Task<EvaluationResult> AskAsync(
        TenantId tenant,
        EvaluationQuestion question,
        SearchStrategyName strategy,
        bool withAnswer,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        try
        {
            var current = await settings.ReadAsync(tenant, ct);
            var context = new AnswerContext(
                await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct)
                    ?? throw new InvalidOperationException($"Tenant {tenant} was deleted."),
                current,
                new VisitorMessage { Text = question.Text, Locale = question.Language },
                [],
                new Dictionary<string, string>(StringComparer.Ordinal))
            {
                Budget = await budget.CheckAsync(tenant, current, ct),
                Model = await models.FindAsync(tenant, ct),
            };
            start = clock.GetTimestamp();
            var finding = await answerer.FindAsync(context, strategy, Scoring.Depth, ct);
            var answer = withAnswer ? await answerer.AnswerAsync(context, finding, UnwatchedAnswer(), 1, CancellationToken.None, ct) : null;
            var isStated = answer is not null || await answerer.WouldStateAsync(finding, ct);
            return Judge(question, finding, answer, isStated, clock.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (SearchUnavailableException)
        {
            return Failed(question, "None of the knowledge bases answered.", clock.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && !DatabaseFaults.IsTransient(e))
        {
            LogFault(SanitizedException.From(e), tenant, question.Id);
            return Failed(question, "An internal error occurred. It has been logged.", clock.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    /// <summary>The result of a question that could not be asked.</summary>
    public static EvaluationResult Failed(EvaluationQuestion question, string error, double milliseconds) =>
        new(question, Passed: false, Refused: false, 0, null, null, [], [], null, null, milliseconds, error);

    private static EvaluationResult Judge(
        EvaluationQuestion question,
        Finding finding,
        AssistantMessage? answer,
        bool isStated,
        double milliseconds)
    {
        EvaluationHit[] hits =
        [
            .. finding.Result.Hits
                .Take(Scoring.Depth)
                .Select(hit => new EvaluationHit(hit.ExternalId, hit.Title, HitCitations.Address(hit))),
        ];
        // A model that finds no answer in its sources cites none of them.
        var refused = answer is null
            ? !isStated
            : answer.Outcome is AnswerOutcome.NotFound or AnswerOutcome.Suggested || (answer.Citations.Count == 0 && answer.OffersPerson);
        var rank = Scoring.Rank(question.Sources, hits);
        var passages = finding.Relevant.Select(hit => $"{hit.Title}\n{string.Join('\n', hit.Locator.Headings)}\n{hit.Text}");
        var missing = Scoring.Missing(question.Facts, answer?.Text ?? string.Join('\n', passages));
        return new EvaluationResult(
            question,
            Scoring.Passes(question, refused, rank, missing),
            refused,
            finding.Result.Confidence,
            rank,
            Scoring.Ndcg(question.Sources, hits),
            hits,
            missing,
            answer?.Text,
            answer?.Outcome,
            milliseconds,
            Error: null);
    }

    // The answerer needs a live answer to stream to, which no client watches here.
    private LiveAnswer UnwatchedAnswer() => new(MessageId.New(), ConversationId.New(), static () => { }, clock);

    [LoggerMessage(Level = LogLevel.Error, Message = "Asking test question {Question} of tenant {Tenant} failed")]
    private partial void LogFault(Exception exception, TenantId tenant, Guid question);
}
