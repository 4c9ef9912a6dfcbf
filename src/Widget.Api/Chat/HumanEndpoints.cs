using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Leads;
using Widget.Api.Mail;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

/// <summary>Where a visitor asks for a person, or chooses the assistant again.</summary>
internal static class HumanEndpoints
{
    /// <summary>Maps the endpoints in the group of visitors' endpoints.</summary>
    public static void MapHuman(this RouteGroupBuilder visitor)
    {
        var conversation = visitor.MapGroup("/conversations/{id:guid}");
        conversation.MapPost("/human", RequestHuman).UnlessBanned().LimitedByAddress().Validate<HumanRequest>()
            .ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Ask for a person; with an e-mail address, the request is kept as a lead");
        conversation.MapPost("/person", RequestPerson).UnlessBanned().LimitedByAddress().Validate<PersonRequest>()
            .ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Ask for a person; the same as …/human, with a required clientId");
        conversation.MapPost("/assistant", ChooseAssistant).UnlessBanned().Validate<AssistantRequest>().ProducesProblem(409)
            .WithSummary("Choose the assistant instead of a person");
        conversation.MapPost("/typing", Typing).UnlessBanned().WithSummary("Say that the visitor is typing, at most every few seconds");
        conversation.MapPost("/read", Read).Validate<ReadRequest>().WithSummary("Say how far the visitor has read");
    }

    private static Task<Results<Ok<PersonRequested>, ValidationProblem, ProblemHttpResult>> RequestPerson(
        Guid id,
        PersonRequest request,
        HttpContext http,
        VisitorTokens tokens,
        LeadService leads,
        CancellationToken ct) =>
        RequestHuman(
            id,
            new HumanRequest
            {
                ClientId = request.ClientId,
                Name = request.Name,
                Email = request.Email,
                Message = request.Message,
                Locale = request.Locale,
                Page = request.Page,
                Consent = request.Consent,
            },
            http,
            tokens,
            leads,
            ct);

    private static async Task<Results<Ok<PersonRequested>, ValidationProblem, ProblemHttpResult>> RequestHuman(
        Guid id,
        HumanRequest request,
        HttpContext http,
        VisitorTokens tokens,
        LeadService leads,
        CancellationToken ct)
    {
        if (!string.IsNullOrWhiteSpace(request.Email) && !MailAddress.IsValid(request.Email))
            return Problems.Invalid("email", MailAddress.Invalid);
        // Without an id of the client, every request counts.
        var identified = request with { ClientId = request.ClientId ?? $"human:{Guid.NewGuid():N}" };
        try
        {
            var (requested, refusal) = await leads.RequestPersonAsync(
                tokens.Read(http)!,
                new ConversationId(id),
                identified,
                byAssistant: false,
                ct);
            if (refusal is not null) return refusal.ToProblem(http);
            return requested is not null ? TypedResults.Ok(requested) : Problems.NotFound("conversation");
        }
        catch (VisitorBannedException e)
        {
            return Problems.Create(StatusCodes.Status403Forbidden, e.Message, VisitorBannedException.Code);
        }
    }

    private static async Task<Results<Ok<AssistantChosen>, ProblemHttpResult>> ChooseAssistant(
        Guid id,
        AssistantRequest request,
        HttpContext http,
        VisitorTokens tokens,
        HandoffVisitors handoffs,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        return await handoffs.ChooseAssistantAsync(visitor.Tenant, visitor.Visitor, new ConversationId(id), request.ClientId, ct)
            is { } chosen
            ? TypedResults.Ok(chosen)
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Typing(
        Guid id,
        HttpContext http,
        VisitorTokens tokens,
        HandoffVisitors handoffs,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        return await handoffs.TypingAsync(visitor.Tenant, visitor.Visitor, new ConversationId(id), ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Read(
        Guid id,
        ReadRequest request,
        HttpContext http,
        VisitorTokens tokens,
        HandoffVisitors handoffs,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        return await handoffs.ReadAsync(visitor.Tenant, visitor.Visitor, new ConversationId(id), request.Seq, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("conversation");
    }
}
