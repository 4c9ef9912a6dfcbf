using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Leads.Qualification;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

/// <summary>Where a visitor answers the company's questions.</summary>
internal static class QualificationEndpoint
{
    public static void MapQualificationAnswers(this IEndpointRouteBuilder visitor) =>
        visitor.MapPost("/conversations/{id:guid}/qualification", Answer).UnlessBanned().Validate<QualificationRequest>()
            .ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Answer the company's questions, which are in the session's config");

    private static async Task<Results<Ok<QualificationAnswered>, ValidationProblem, ProblemHttpResult>> Answer(
        Guid id,
        QualificationRequest request,
        HttpContext http,
        VisitorTokens tokens,
        QualificationService qualifications,
        CancellationToken ct)
    {
        var outcome = await qualifications.AnswerAsync(tokens.Read(http)!, new ConversationId(id), request, ct);
        if (outcome.Refusal is { } refusal) return refusal.ToProblem(http);
        if (outcome.Problem is { } problem) return Problems.Invalid(problem.Field, problem.Error);
        return outcome.Answered is { } answered ? TypedResults.Ok(answered) : Problems.NotFound("conversation");
    }
}
