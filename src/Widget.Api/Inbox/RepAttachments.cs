using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Widget.Api.Attachments;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Inbox;

internal static class RepAttachments
{
    public static void MapRepAttachments(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/inbox/{id:guid}/attachments", Upload).ForStaff(StaffArea.Conversations).LimitedAs(Limit.Uploads)
            .WithTags("Inbox").DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(AttachmentEndpoints.MaxRequestBytes))
            .ProducesValidationProblem().ProducesProblem(401).ProducesProblem(404).ProducesProblem(413).ProducesProblem(429)
            .WithSummary("Upload a picture or a PDF, to be sent with a reply");

    private static async Task<Results<Created<Attachment>, ValidationProblem, ProblemHttpResult>> Upload(
        Guid id,
        [FromQuery] Guid rep,
        IFormFile file,
        IMultiTenantContextAccessor tenants,
        InboxReps reps,
        AttachmentStore attachments,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (await reps.FindAsync(tenant, rep, ct) is null) return Problems.Invalid("rep", InboxReps.Unknown);
        var (name, type, content, problem) = await AttachmentEndpoints.ReadAsync(file, ct);
        if (problem is not null) return problem;
        return await attachments.AddAsync(tenant, new ConversationId(id), visitor: null, rep, name, type, content, ct) is { } added
            ? TypedResults.Created(added.Url, added)
            : Problems.NotFound("conversation");
    }
}
