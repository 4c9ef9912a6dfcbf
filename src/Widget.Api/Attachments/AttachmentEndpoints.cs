using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Attachments;

internal static class AttachmentEndpoints
{
    /// <summary>A request has some bytes more than its file.</summary>
    public const long MaxRequestBytes = AttachmentStore.MaxBytes + (64 * 1024);

    public static void MapAttachments(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/widget/conversations/{id:guid}/attachments", Upload)
            .RequireCors(Policies.AnyOrigin).RequireAuthorization(Policies.Visitor).WithTags("Widget").DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes))
            .ProducesValidationProblem()
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(413).ProducesProblem(429)
            .WithSummary("Upload a picture or a PDF, to be sent with a message");
        routes.MapGet($"{AttachmentLinks.Path}/{{token}}", Download).RequireCors(Policies.AnyOrigin).ExcludeFromDescription();
    }

    /// <summary>
    /// Reads an uploaded file. <c>Problem</c> says why it is refused: it is empty, too large, or of a type that is not allowed. It is null
    /// if the file can be stored.
    /// </summary>
    public static async Task<(string Name, string Type, byte[] Content, ValidationProblem? Problem)> ReadAsync(
        IFormFile file,
        CancellationToken ct)
    {
        if (file.Length > AttachmentStore.MaxBytes) return ("", "", [], Problems.Invalid("file", "The file is larger than 10 MB."));
        if (file.Length == 0) return ("", "", [], Problems.Invalid("file", "The file is empty."));
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream()) await stream.ReadExactlyAsync(content, ct);
        return FileTypes.Of(content) is { } type
            ? (FileTypes.NameOf(file.FileName, type), type, content, null)
            : ("", "", [], Problems.Invalid("file", FileTypes.NotAllowed));
    }

    private static async Task<Results<Created<Attachment>, ValidationProblem, ProblemHttpResult>> Upload(
        Guid id,
        IFormFile file,
        HttpContext http,
        VisitorTokens tokens,
        AttachmentStore attachments,
        HandoffVisitors handoffs,
        RequestLimits limits,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        if (await handoffs.IsBannedAsync(visitor.Tenant, visitor.Visitor, ct))
            return Problems.Create(StatusCodes.Status403Forbidden, VisitorBannedException.Text, VisitorBannedException.Code);
        var (name, type, content, problem) = await ReadAsync(file, ct);
        if (problem is not null) return problem;
        if ((await limits.TakeAsync(Limit.Attachments, $"{visitor.Tenant}:{visitor.Visitor}", ct)
                ?? await limits.TakeAsync(Limit.TenantAttachments, visitor.Tenant.ToString(), ct)) is { } refusal)
        {
            return refusal.ToProblem(http);
        }

        return await attachments.AddAsync(visitor.Tenant, new ConversationId(id), visitor.Visitor, rep: null, name, type, content, ct)
            is { } added
            ? TypedResults.Created(added.Url, added)
            : Problems.NotFound("conversation");
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Download(
        string token,
        HttpContext http,
        AttachmentLinks links,
        IMultiTenantContextAccessor tenants,
        AttachmentStore attachments,
        CancellationToken ct)
    {
        if (links.Read(token) is not { } link
            || !tenants.Admits(link.Tenant)
            || await attachments.ReadAsync(link.Tenant, link.Attachment, ct) is not { } file)
        {
            return Problems.NotFound("file");
        }

        // A stranger's file must not run scripts on our origin, whatever a browser takes it for.
        var disposition = new ContentDispositionHeaderValue(file.Type == FileTypes.Pdf ? "attachment" : "inline");
        disposition.SetHttpFileName(file.Name);
        http.Response.Headers.ContentDisposition = disposition.ToString();
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        http.Response.Headers.CacheControl = "private, max-age=86400, immutable";
        return TypedResults.File(file.Content, file.Type);
    }
}
