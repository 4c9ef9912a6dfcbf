using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Evaluation;

internal static class EvaluationEndpoints
{
    private const long MaxRequestBytes = 8 << 20;
    private const int MaxPageSize = 500;

    public static void MapEvaluation(this IEndpointRouteBuilder routes)
    {
        var evaluation = routes.MapGroup("/api/evaluation")
            .ForStaff(StaffArea.Knowledge)
            .ProducesProblem(401)
            .WithTags("Evaluation")
            .WithRequestSizeLimit(MaxRequestBytes);
        evaluation.MapPost("/ask", Ask).ReadsOnly().LimitedAs(Limit.Searches).Validate<TrialRequest>().ProducesProblem(503)
            .WithSummary("Ask the assistant a question without a conversation, and see how it finds its answer");
        var questions = evaluation.MapGroup("/questions");
        questions.MapGet("/", List).WithSummary("List the tenant's test questions, by name");
        questions.MapPost("/", Add).Validate<EvaluationQuestionRequest>().ProducesProblem(409).WithSummary("Add a test question");
        questions.MapPost("/import", Import)
            .Accepts<EvaluationQuestionRequest>("application/x-ndjson", "application/json")
            .ProducesProblem(413)
            .WithSummary("Add many test questions: a JSON list, or one object per line. A question with an existing name replaces it");
        questions.MapGet("/{id:guid}", Find).ProducesProblem(404).WithSummary("Get a test question");
        questions.MapPut("/{id:guid}", Replace)
            .Validate<EvaluationQuestionRequest>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Replace a test question");
        questions.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a test question; earlier runs keep it");

        var runs = evaluation.MapGroup("/runs");
        runs.MapPost("/", Start)
            .Validate<EvaluationRunRequest>()
            .ProducesProblem(409)
            .WithSummary("Ask all test questions; a tenant has one run at a time");
        runs.MapGet("/", Runs).WithSummary("List the last runs, newest first");
        runs.MapGet("/{id:guid}", Report).ProducesProblem(404).WithSummary("Get a run with the result of each question");
        runs.MapGet("/{id:guid}/diff", Diff)
            .ProducesProblem(404)
            .WithSummary("Compare a run with an earlier one, by default with the last finished run before it");
        runs.MapPost("/{id:guid}/cancel", Cancel).ProducesProblem(404).WithSummary("Cancel a run");
        runs.MapDelete("/{id:guid}", DeleteRun).ProducesProblem(404).WithSummary("Delete a finished run");
    }

    private static async Task<Results<Ok<TrialAnswer>, ProblemHttpResult>> Ask(
        TrialRequest request,
        IMultiTenantContextAccessor tenants,
        QuestionTrial trial,
        CancellationToken ct)
    {
        try
        {
            return TypedResults.Ok(await trial.AskAsync(tenants.Current(), request, ct));
        }
        catch (SearchUnavailableException)
        {
            return Problems.Create(
                StatusCodes.Status503ServiceUnavailable,
                "None of the knowledge bases answered. Please try again in a moment.");
        }
    }

    private static async Task<Ok<EvaluationQuestionPage>> List(
        IMultiTenantContextAccessor tenants,
        EvaluationQuestions questions,
        CancellationToken ct,
        string? tag = null,
        int offset = 0,
        int limit = 100) =>
        TypedResults.Ok(await questions.ListAsync(
            tenants.Current().TenantId,
            tag?.Replace("\0", "", StringComparison.Ordinal),
            Math.Max(0, offset),
            Math.Clamp(limit, 1, MaxPageSize),
            ct));

    private static async Task<Results<Created<EvaluationQuestion>, ProblemHttpResult>> Add(
        EvaluationQuestionRequest request,
        IMultiTenantContextAccessor tenants,
        EvaluationQuestions questions,
        CancellationToken ct)
    {
        var (question, refusal) = await questions.AddAsync(tenants.Current().TenantId, request, ct);
        return question is null ? Refused(refusal) : TypedResults.Created($"/api/evaluation/questions/{question.Id}", question);
    }

    private static async Task<Results<Ok<EvaluationImport>, ProblemHttpResult>> Import(
        HttpRequest request,
        IMultiTenantContextAccessor tenants,
        EvaluationQuestions questions,
        CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        try
        {
            var (read, failed) = QuestionImport.Read(await reader.ReadToEndAsync(ct));
            return await questions.ImportAsync(tenants.Current().TenantId, read, ct) is var (added, replaced)
                ? TypedResults.Ok(new EvaluationImport(added, replaced, failed))
                : Refused(QuestionRefusal.TooMany);
        }
        catch (ValidationException e)
        {
            return Problems.Create(StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static async Task<Results<Ok<EvaluationQuestion>, ProblemHttpResult>> Find(
        Guid id,
        IMultiTenantContextAccessor tenants,
        EvaluationQuestions questions,
        CancellationToken ct) =>
        await questions.FindAsync(tenants.Current().TenantId, new EvaluationQuestionId(id), ct) is { } question
            ? TypedResults.Ok(question)
            : Refused(QuestionRefusal.NoSuchQuestion);

    private static async Task<Results<Ok<EvaluationQuestion>, ProblemHttpResult>> Replace(
        Guid id,
        EvaluationQuestionRequest request,
        IMultiTenantContextAccessor tenants,
        EvaluationQuestions questions,
        CancellationToken ct)
    {
        var (question, refusal) = await questions.ReplaceAsync(tenants.Current().TenantId, new EvaluationQuestionId(id), request, ct);
        return question is null ? Refused(refusal) : TypedResults.Ok(question);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        EvaluationQuestions questions,
        CancellationToken ct) =>
        await questions.DeleteAsync(tenants.Current().TenantId, new EvaluationQuestionId(id), ct)
            ? TypedResults.NoContent()
            : Refused(QuestionRefusal.NoSuchQuestion);

    private static async Task<Results<Accepted<EvaluationRun>, ProblemHttpResult>> Start(
        EvaluationRunRequest request,
        IMultiTenantContextAccessor tenants,
        EvaluationRuns runs,
        CancellationToken ct)
    {
        var (run, refusal) = await runs.StartAsync(tenants.Current().TenantId, request, ct);
        if (run is not null) return TypedResults.Accepted($"/api/evaluation/runs/{run.Id}", run);
        return refusal == RunRefusal.AlreadyRunning
            ? Problems.Create(StatusCodes.Status409Conflict, "Another run is in progress. Wait for it, or cancel it.")
            : Problems.Create(StatusCodes.Status400BadRequest, "There are no test questions to ask.");
    }

    private static async Task<Ok<IReadOnlyList<EvaluationRun>>> Runs(
        IMultiTenantContextAccessor tenants,
        EvaluationRuns runs,
        CancellationToken ct,
        int limit = 20) =>
        TypedResults.Ok(await runs.ListAsync(tenants.Current().TenantId, Math.Clamp(limit, 1, RunLease.MaxFinishedRuns), ct));

    private static async Task<Results<Ok<EvaluationReport>, ProblemHttpResult>> Report(
        Guid id,
        IMultiTenantContextAccessor tenants,
        EvaluationRuns runs,
        CancellationToken ct) =>
        await runs.FindAsync(tenants.Current().TenantId, new EvaluationRunId(id), ct) is { } report
            ? TypedResults.Ok(report)
            : Problems.NotFound("run");

    private static async Task<Results<Ok<EvaluationDiff>, ProblemHttpResult>> Diff(
        Guid id,
        IMultiTenantContextAccessor tenants,
        EvaluationRuns runs,
        CancellationToken ct,
        Guid? to = null) =>
        await runs.DiffAsync(
            tenants.Current().TenantId,
            new EvaluationRunId(id),
            to is { } other ? new EvaluationRunId(other) : null,
            ct) is { } diff
            ? TypedResults.Ok(diff)
            : Problems.Create(StatusCodes.Status404NotFound, "There is no such run, or no earlier one to compare it with.");

    private static async Task<Results<Accepted, ProblemHttpResult>> Cancel(
        Guid id,
        IMultiTenantContextAccessor tenants,
        EvaluationRuns runs,
        CancellationToken ct) =>
        await runs.CancelAsync(tenants.Current().TenantId, new EvaluationRunId(id), ct)
            ? TypedResults.Accepted($"/api/evaluation/runs/{id}")
            : Problems.Create(StatusCodes.Status404NotFound, "There is no such run in progress.");

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteRun(
        Guid id,
        IMultiTenantContextAccessor tenants,
        EvaluationRuns runs,
        CancellationToken ct) =>
        await runs.DeleteAsync(tenants.Current().TenantId, new EvaluationRunId(id), ct)
            ? TypedResults.NoContent()
            : Problems.Create(StatusCodes.Status404NotFound, "There is no such finished run.");

    private static ProblemHttpResult Refused(QuestionRefusal refusal) => refusal switch
    {
        QuestionRefusal.NameTaken => Problems.Create(StatusCodes.Status409Conflict, "Another question has this name."),
        QuestionRefusal.TooMany => Problems.Create(
            StatusCodes.Status409Conflict,
            string.Create(CultureInfo.InvariantCulture, $"There may be at most {EvaluationQuestions.MaxQuestions:N0} test questions.")),
        _ => Problems.NotFound("test question"),
    };
}
