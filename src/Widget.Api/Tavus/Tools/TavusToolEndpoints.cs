using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Configuration;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Tavus.Tools;

internal static class TavusToolEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private const string Signature = "X-Tavus-Signature";

    public static void MapTavusTools(this IEndpointRouteBuilder routes)
    {
        var tavus = routes.MapGroup("/api/tavus").WithTags("Tavus").WithRequestSizeLimit(MaxRequestBytes);
        tavus.MapPost("/tool", Run).RequireCors(Policies.AnyOrigin)
            .ForVisitorsAndStaff(StaffArea.Calls)
            .Validate<ToolRequest>().ProducesProblem(401).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Run a tool for the assistant in a call; a repeated call runs once");
        tavus.MapPost("/tool/{token}", Deliver)
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(413)
            .ProducesProblem(422)
            .WithSummary("A tool call delivered and signed by Tavus");
        tavus.MapPost("/tools/sync", Sync).ForStaff(StaffArea.Settings).ProducesProblem(401).ProducesProblem(409)
            .WithSummary("Register the assistant's tools at Tavus, attach them to its persona and remove those that are off");
    }

    // Called by a page that has received Tavus's app-message, or by a tenant's program. Only the caller's token is trusted.
    private static async Task<Results<Ok<ToolResponse>, ProblemHttpResult>> Run(
        ToolRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        VisitorTokens tokens,
        ToolCallSessions sessions,
        ToolRunner runner,
        TavusApiOptions api,
        InstallationOptions installation,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        if (request.CompanyId is { } company && !IsOf(company, tenant)) return Problems.NotFound("company");
        VisitorId? visitor = http.User.Identity?.AuthenticationType == VisitorAuthentication.SchemeName ? tokens.Read(http)!.Visitor : null;
        ToolCallSession? session = null;
        if (request.SessionId is { } id)
        {
            session = await sessions.FindAsync(tenant.TenantId, id, visitor, ct);
            if (session is null) return Problems.NotFound("video session");
            if (!session.IsActive) return Problems.Create(StatusCodes.Status409Conflict, "This video session is not open.");
        }

        var caller = session?.Id.ToString() ?? visitor?.ToString() ?? "program";
        var outcome = await runner.RunAsync(
            new ToolContext
            {
                Tenant = tenant,
                Settings = await settings.ReadAsync(tenant.TenantId, ct),
                CallId = $"{caller}:{request.ToolCallId ?? Guid.CreateVersion7().ToString()}",
                // Outside of a call there is no model that could have called the tool, and if Tavus delivers calls to this server, no page
                // has to.
                Mode = visitor is not null && (session is null || api.DeliversToolsTo(installation.PublicAddress))
                    ? ToolCallMode.Unconfirmed
                    : ToolCallMode.Conversation,
                Channel = session is null ? ToolChannels.Program : ToolChannels.Video,
                Conversation = session?.Conversation,
                Visitor = session?.Visitor ?? visitor,
                Locale = session?.Locale,
            },
            request.Name,
            request.Arguments,
            ct);
        return TypedResults.Ok(new ToolResponse(outcome.Success, outcome.Value));
    }

    private static bool IsOf(string company, TenantInfo tenant) =>
        string.Equals(company, tenant.Slug, StringComparison.OrdinalIgnoreCase)
            || (Guid.TryParse(company, out var id) && id == tenant.TenantId.Value);

    private static async Task<Results<Ok<JsonElement>, ProblemHttpResult>> Deliver(
        string token,
        HttpContext http,
        ToolCallReceiver receiver,
        CancellationToken ct)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, ct);
        var delivered = await receiver.ReceiveAsync(token, http.Request.Headers[Signature], body.ToArray(), ct);
        if (delivered.Outcome is { Success: true } outcome) return TypedResults.Ok(outcome.Value);
        return Problems.Create(
            delivered switch
            {
                { Refusal: DeliveryRefusal.BadSignature } => StatusCodes.Status401Unauthorized,
                { Refusal: DeliveryRefusal.BadBody } => StatusCodes.Status400BadRequest,
                { Refusal: DeliveryRefusal.NoSuchTool or DeliveryRefusal.NoSuchConversation } => StatusCodes.Status404NotFound,
                { Refusal: DeliveryRefusal.ConversationEnded } => StatusCodes.Status409Conflict,
                { Outcome.Status: ToolStatus.Unknown } => StatusCodes.Status404NotFound,
                { Outcome.Status: ToolStatus.Conflict } => StatusCodes.Status409Conflict,
                { Outcome.Status: ToolStatus.Unfinished } => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status422UnprocessableEntity,
            },
            delivered.Outcome?.ErrorMessage ?? delivered.Message);
    }

    private static async Task<Results<Ok<ToolSyncReport>, ProblemHttpResult>> Sync(
        IMultiTenantContextAccessor tenants,
        TavusToolSync sync,
        CancellationToken ct) =>
        await sync.SyncAsync(tenants.Current().TenantId, ct) is { } report
            ? TypedResults.Ok(report)
            : Problems.Create(StatusCodes.Status409Conflict, "The tools are being registered right now. Please try again in a moment.");
}
