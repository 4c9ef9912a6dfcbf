using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Video;

internal static class VideoEndpoints
{
    private const long MaxRequestBytes = 256 * 1024;

    // Enough for the transcript of a call of one hour.
    private const long MaxCallbackBytes = 2 * 1024 * 1024;

    public static void MapVideo(this IEndpointRouteBuilder routes)
    {
        var tavus = routes.MapGroup("/api/tavus").WithTags("Tavus").RequireCors(Policies.AnyOrigin).WithRequestSizeLimit(MaxRequestBytes);
        var calls = tavus.MapGroup("").ForVisitorsAndStaff(StaffArea.Calls)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        calls.MapPost("/session", Open).Validate<TavusSessionRequest>().ProducesCallRefusals()
            .WithSummary("Open a video call, or join the queue for one");
        calls.MapPost("/create-agent", Open).Validate<TavusSessionRequest>().ProducesCallRefusals()
            .WithSummary("The same as POST /api/tavus/session");
        calls.MapGet("/session/{id:guid}", Get).WithSummary("Get a video call");
        calls.MapPost("/session/{id:guid}/alive", Alive).WithSummary("Report that the page is still open, and get the state of the call");
        calls.MapPost("/session/{id:guid}/utterances", AddUtterances).Validate<UtterancesRequest>()
            .WithSummary("Add what was said in a call to the log");
        calls.MapPost("/session/{id:guid}/end", End).WithSummary("End a video call");
        tavus.MapGet("/sessions", List).ForStaff(StaffArea.Calls).ProducesProblem(401)
            .WithSummary("List video calls with their records, newest first");
        tavus.MapPost("/session/{id:guid}/leave", Leave).ProducesProblem(400).ProducesProblem(404)
            .WithSummary("End a video call while its page is being closed (text or JSON; needs the leave token only)");

        routes.MapPost("/api/tavus/callback/{token}", Receive).WithTags("Tavus").ProducesProblem(404)
            .WithMetadata(new RequestSizeLimitAttribute(MaxCallbackBytes))
            .WithSummary("Receives Tavus's callbacks about a call");
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> Open(
        TavusSessionRequest request,
        Caller caller,
        IMultiTenantContextAccessor tenants,
        VideoSessions sessions,
        ConversationThreads threads,
        HandoffVisitors handoffs,
        VideoSessionMapper mapper,
        CancellationToken ct)
    {
        if (!IsOwnCompany(tenants.Current(), request.CompanyId)) return Problems.NotFound("company");
        ConversationId? requested = request.ThreadId is { } id ? new ConversationId(id) : null;
        if (await threads.FindAsync(caller.Tenant, caller.Visitor, requested, ct) is not { } thread)
            return CallRefusal.NoConversation.ToProblem();
        if (caller.Visitor is { } visitor && await handoffs.IsBannedAsync(caller.Tenant, visitor, ct))
            return CallRefusal.Banned.ToProblem();
        if (await handoffs.IsPersonSpeakingAsync(caller.Tenant, thread.Conversation, ct)) return CallRefusal.PersonSpeaks.ToProblem();
        var (session, refusal) = await sessions.OpenAsync(caller, thread.Visitor, thread.Conversation, request, ct);
        return refusal is not null ? refusal.ToProblem() : TypedResults.Ok(await mapper.OfAsync(session!, caller, ct));
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> Get(
        Guid id,
        Caller caller,
        VideoSessions sessions,
        VideoSessionMapper mapper,
        CancellationToken ct)
    {
        var session = await sessions.FindAsync(caller, new VideoSessionId(id), ct);
        return session is not null ? TypedResults.Ok(await mapper.OfAsync(session, caller, ct)) : NotFound();
    }

    private static async Task<Results<Ok<TavusSessions>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        VideoSessions sessions,
        VideoSessionMapper mapper,
        CancellationToken ct,
        Guid? before = null,
        int limit = 50)
    {
        if (CallEndpoints.InvalidLimit(limit) is { } invalid) return invalid;
        var caller = new Caller(tenants.Current().TenantId, Visitor: null);
        var found = await sessions.ListAsync(caller.Tenant, before is { } last ? new VideoSessionId(last) : null, limit, ct);
        Guid? next = found.Count == limit ? found[^1].Id.Value : null;
        return TypedResults.Ok(new TavusSessions(await mapper.OfAsync(found, caller, ct), next));
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> Alive(
        Guid id,
        TavusAliveRequest request,
        Caller caller,
        VideoSessions sessions,
        VideoSessionMapper mapper,
        CancellationToken ct)
    {
        var session = await sessions.AliveAsync(caller, new VideoSessionId(id), request.ReplicaJoined, ct);
        return session is not null ? TypedResults.Ok(await mapper.OfAsync(session, caller, ct)) : NotFound();
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> AddUtterances(
        Guid id,
        UtterancesRequest request,
        Caller caller,
        VideoSessions sessions,
        CancellationToken ct)
    {
        if (request.Utterances.Select(Validation.FindErrors).FirstOrDefault(errors => errors.Count > 0) is { } errors)
            return Problems.Invalid("utterances", errors.Values.First()[0]);
        return await sessions.AddUtterancesAsync(caller, new VideoSessionId(id), request.Utterances, ct) is null
            ? NotFound()
            : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> End(
        Guid id,
        Caller caller,
        VideoSessions sessions,
        VideoSessionMapper mapper,
        CancellationToken ct)
    {
        var reason = caller.Visitor is null ? TavusEndReason.Developer : TavusEndReason.Visitor;
        var session = await sessions.EndAsync(caller, new VideoSessionId(id), reason, ct);
        return session is not null ? TypedResults.Ok(await mapper.OfAsync(session, caller, ct)) : NotFound();
    }

    private static Task<Results<NoContent, ProblemHttpResult>> Leave(
        Guid id,
        HttpContext http,
        VideoSessions sessions,
        CancellationToken ct) =>
        CallEndpoints.LeaveAsync(
            http,
            LeaveTokens.Video,
            id,
            NotFound(),
            async caller => await sessions.EndAsync(caller, new VideoSessionId(id), TavusEndReason.Left, ct) is not null);

    private static async Task<Results<Ok, ProblemHttpResult>> Receive(
        string token,
        HttpContext http,
        VideoCallbacks callbacks,
        CancellationToken ct)
    {
        try
        {
            using var body = await StorableJson.ParseAsync(http.Request.Body, ct);
            return await callbacks.ReceiveAsync(token, body.RootElement, ct)
                ? TypedResults.Ok()
                : Problems.Create(StatusCodes.Status404NotFound, "There is nothing at this address.");
        }
        catch (JsonException)
        {
            return Problems.Create(StatusCodes.Status400BadRequest, "The request is not valid JSON.");
        }
    }

    /// <summary>Whether a request names no company, or the caller's own by slug or id.</summary>
    private static bool IsOwnCompany(TenantInfo tenant, string? company) =>
        company is null
        || string.Equals(company, tenant.Slug, StringComparison.OrdinalIgnoreCase)
        || (Guid.TryParse(company, out var id) && id == tenant.TenantId.Value);

    private static ProblemHttpResult NotFound() => Problems.NotFound("video call");
}
