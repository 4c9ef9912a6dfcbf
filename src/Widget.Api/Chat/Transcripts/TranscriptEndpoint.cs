using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat.Transcripts;

internal static class TranscriptEndpoint
{
    /// <summary>Maps the endpoint in the group of visitors' endpoints.</summary>
    public static void MapTranscripts(this RouteGroupBuilder visitor) =>
        visitor.MapPost("/conversations/{id:guid}/transcript", Send).Validate<TranscriptRequest>()
            .ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Send a transcript of the conversation by e-mail");

    private static async Task<Results<Accepted, ValidationProblem, ProblemHttpResult>> Send(
        Guid id,
        TranscriptRequest request,
        HttpContext http,
        VisitorTokens tokens,
        IMultiTenantContextAccessor tenants,
        TranscriptService transcripts,
        CancellationToken ct)
    {
        if (!MailAddress.IsValid(request.Email)) return Problems.Invalid("email", MailAddress.Invalid);
        var (outcome, refusal) = await transcripts.SendAsync(
            tenants.Current(),
            tokens.Read(http)!,
            new ConversationId(id),
            request,
            ClientAddress.Of(http),
            ct);
        if (refusal is not null) return refusal.ToProblem(http);
        return outcome switch
        {
            TranscriptOutcome.Accepted => TypedResults.Accepted(uri: (string?)null),
            TranscriptOutcome.NoConversation => Problems.NotFound("conversation"),
            TranscriptOutcome.Empty => Problems.Create(
                StatusCodes.Status409Conflict,
                "There is nothing to send yet. Ask a question first.",
                "empty"),
            _ => Problems.Create(
                StatusCodes.Status409Conflict,
                "Transcripts can't be sent, because this installation has no mail server. Its operator sets WIDGET_SMTP_URL.",
                "no_mail"),
        };
    }
}
