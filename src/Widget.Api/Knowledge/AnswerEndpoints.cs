using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Rag.Own;

namespace Widget.Api.Knowledge;

internal static class AnswerEndpoints
{
    private const int MaxAlternatives = 50;
    private const int MaxAlternativeLength = 500;

    public static void MapAnswers(this RouteGroupBuilder knowledge)
    {
        var answers = knowledge.MapGroup("/answers");
        answers.MapGet("/", List).WithSummary("List questions with their answers, by question");
        answers.MapPost("/", Add).Validate<AnswerRequest>().WithSummary("Add a question with its answer");
        answers.MapGet("/{id:guid}", Get)
            .ProducesProblem(404)
            .WithSummary("Get a question with its answer, and whether it is searchable yet");
        answers.MapPut("/{id:guid}", Change)
            .Validate<AnswerRequest>()
            .ProducesProblem(404)
            .WithSummary("Replace a question with its answer");
        answers.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a question with its answer");
    }

    private static async Task<Ok<AnswerPage>> List(
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct,
        int offset = 0,
        int limit = 50)
    {
        var (answers, total) = await typed.AnswersAsync(
            tenants.Current().TenantId,
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.MaxPageSize),
            ct);
        return TypedResults.Ok(new AnswerPage([.. answers.Select(answer => ToDetail(answer.Entry, answer.Status))], total));
    }

    private static async Task<Results<Created<AnswerDetail>, ValidationProblem>> Add(
        AnswerRequest request,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct)
    {
        if (FindError(request) is { } error) return Problems.Invalid(error.Field, error.Error);
        var tenant = tenants.Current().TenantId;
        var answer = await typed.AddAnswerAsync(
            tenant,
            source => Fill(new Answer { TenantId = tenant, Id = AnswerId.New(), SourceId = source, Question = "", Text = "" }, request),
            ct);
        return TypedResults.Created($"/api/knowledge/answers/{answer.Id}", ToDetail(answer, new EntryStatus(EntryState.Queued, null)));
    }

    private static async Task<Results<Ok<AnswerDetail>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct) =>
        await typed.FindAsync(tenants.Current().TenantId, new AnswerId(id), ct) is { } found
            ? TypedResults.Ok(ToDetail(found.Entry, found.Status))
            : Problems.NotFound("answer");

    private static async Task<Results<Ok<AnswerDetail>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        AnswerRequest request,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct)
    {
        if (FindError(request) is { } error) return Problems.Invalid(error.Field, error.Error);
        var tenant = tenants.Current().TenantId;
        if (!await typed.ChangeAsync(tenant, new AnswerId(id), answer => Fill(answer, request), ct)) return Problems.NotFound("answer");
        return await typed.FindAsync(tenant, new AnswerId(id), ct) is { } found
            ? TypedResults.Ok(ToDetail(found.Entry, found.Status))
            : Problems.NotFound("answer");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct) =>
        await typed.DeleteAsync(tenants.Current().TenantId, new AnswerId(id), ct) ? TypedResults.NoContent() : Problems.NotFound("answer");

    private static (string Field, string Error)? FindError(AnswerRequest request)
    {
        if (request.Alternatives is { Count: > MaxAlternatives })
            return ("alternatives", $"There may be at most {MaxAlternatives} alternatives.");
        if (request.Alternatives?.Any(text => string.IsNullOrWhiteSpace(text) || text.Length > MaxAlternativeLength) is true)
            return ("alternatives", $"An alternative must have 1 to {MaxAlternativeLength} characters.");
        return KnowledgeRules.Url(KnowledgeRules.TrimToNull(request.Url))
            ?? KnowledgeRules.Tags(request.Tags)
            ?? KnowledgeRules.Language(KnowledgeRules.TrimToNull(request.Language));
    }

    private static Answer Fill(Answer answer, AnswerRequest request)
    {
        answer.Question = VisibleText.Line(request.Question);
        answer.Text = request.Answer.Trim();
        answer.Alternatives = KnowledgeRules.TrimAll(request.Alternatives);
        answer.Url = KnowledgeRules.TrimToNull(request.Url);
        answer.Language = KnowledgeRules.TrimToNull(request.Language);
        answer.Tags = KnowledgeRules.TrimAll(request.Tags);
        return answer;
    }

    private static AnswerDetail ToDetail(Answer answer, EntryStatus status) => new(
        answer.Id.Value,
        VisibleText.Line(answer.Question),
        answer.Text,
        answer.Alternatives,
        answer.Url,
        answer.Tags,
        answer.Language,
        answer.UpdatedAt,
        status.State.ToName(),
        status.Error);
}
