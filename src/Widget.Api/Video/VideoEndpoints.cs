using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Database;

namespace Widget.Api.Video;

internal static class VideoEndpoints
{
    private const long LargestRequest = 256 * 1024;

    // Transcripts of an hour's call.
    private const long LargestCallback = 2 * 1024 * 1024;

    public static void MapVideo(this IEndpointRouteBuilder routes)
    {
        var tavus = routes.MapGroup("/api/tavus").WithTags("Tavus").RequireCors(Policies.AnyOrigin).WithRequestSizeLimit(LargestRequest);
        var calls = tavus.MapGroup("").RequireAuthorization(Policies.VisitorOrDeveloper).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        calls.MapPost("/session", Open).Validate<TavusSessionRequest>().ProducesProblem(402).ProducesProblem(409).ProducesProblem(502).ProducesProblem(503)
            .WithSummary("Open a video call, or wait for one in the line");
        calls.MapPost("/create-agent", Open).Validate<TavusSessionRequest>().ProducesProblem(402).ProducesProblem(409).ProducesProblem(502).ProducesProblem(503)
            .WithSummary("The same as POST /api/tavus/session");
        calls.MapGet("/session/{id:guid}", Get).WithSummary("A video call");
        calls.MapPost("/session/{id:guid}/alive", Alive).WithSummary("Say that the page is still there, and hear how the call is doing");
        calls.MapPost("/session/{id:guid}/utterances", Hear).Validate<UtterancesRequest>().WithSummary("Write down what was said in a call");
        calls.MapPost("/session/{id:guid}/end", End).WithSummary("End a video call");
        tavus.MapGet("/sessions", List).RequireAuthorization(Policies.Developer).ProducesProblem(401).WithSummary("Video calls, newest first, with what is left of them");
        tavus.MapPost("/session/{id:guid}/leave", Leave).ProducesProblem(400).ProducesProblem(404)
            .WithSummary("End a video call as the page is being left (text or JSON, by its leave token alone)");

        routes.MapPost("/api/tavus/callback/{token}", Receive).WithTags("Tavus").ProducesProblem(404)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(LargestCallback))
            .WithSummary("Where Tavus tells what happens in a call");
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> Open(
        TavusSessionRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        VideoSessions sessions,
        ConversationThreads threads,
        VideoView view,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        if (!IsOf(tenant, request.CompanyId)) return Problems.NotFound("company");
        var caller = Caller(http, tenant, tokens);
        if (await threads.FindAsync(caller.Tenant, caller.Visitor, request.ThreadId is { } thread ? new ConversationId(thread) : null, ct) is not { } found)
            return VideoRefusal.NoSuchConversation.ToProblem();
        var (session, refusal) = await sessions.OpenAsync(caller, found.Visitor, found.Conversation, request, ct);
        return refusal is { } why ? why.ToProblem() : TypedResults.Ok(await view.OfAsync(session!, caller, ct));
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> Get(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VideoSessions sessions, VideoView view, CancellationToken ct) =>
        Caller(http, tenants.Current(), tokens) is var caller && await sessions.FindAsync(caller, new VideoSessionId(id), ct) is { } session
            ? TypedResults.Ok(await view.OfAsync(session, caller, ct))
            : Problems.NotFound("video call");

    private static async Task<Results<Ok<TavusSessions>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants, VideoSessions sessions, VideoView view, CancellationToken ct, Guid? before = null, int limit = 50)
    {
        if (limit is < 1 or > 200) return Problems.Invalid("limit", "limit must be between 1 and 200.");
        var tenant = tenants.Current().TenantId;
        var found = await sessions.ListAsync(tenant, before is { } last ? new VideoSessionId(last) : null, limit, ct);
        var shown = await view.OfAsync(found, new VideoCaller(tenant, null), ct);
        return TypedResults.Ok(new TavusSessions(shown, found.Count == limit ? found[^1].Id.Value : null));
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> Alive(
        Guid id,
        TavusAliveRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        VideoSessions sessions,
        VideoView view,
        CancellationToken ct) =>
        Caller(http, tenants.Current(), tokens) is var caller && await sessions.AliveAsync(caller, new VideoSessionId(id), request.ReplicaJoined, ct) is { } session
            ? TypedResults.Ok(await view.OfAsync(session, caller, ct))
            : Problems.NotFound("video call");

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Hear(
        Guid id,
        UtterancesRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        VideoSessions sessions,
        CancellationToken ct)
    {
        if (request.Utterances.Select(Validation.Errors).FirstOrDefault(errors => errors.Count > 0) is { } errors)
            return Problems.Invalid("utterances", errors.Values.First()[0]);
        return await sessions.HearAsync(Caller(http, tenants.Current(), tokens), new VideoSessionId(id), request.Utterances, ct) is null
            ? Problems.NotFound("video call")
            : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<TavusSession>, ProblemHttpResult>> End(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VideoSessions sessions, VideoView view, CancellationToken ct)
    {
        var caller = Caller(http, tenants.Current(), tokens);
        var reason = caller.Visitor is null ? TavusEndReason.Developer : TavusEndReason.Visitor;
        return await sessions.EndAsync(caller, new VideoSessionId(id), reason, ct) is { } session
            ? TypedResults.Ok(await view.OfAsync(session, caller, ct))
            : Problems.NotFound("video call");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Leave(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, LeaveTokens leaving, VideoSessions sessions, CancellationToken ct)
    {
        try
        {
            return await leaving.ReadAsync(LeaveTokens.Video, id, http.Request.Body, ct) is { } tenant
                && tenants.Admits(tenant)
                && await sessions.EndAsync(new VideoCaller(tenant, null), new VideoSessionId(id), TavusEndReason.Left, ct) is not null
                ? TypedResults.NoContent()
                : Problems.NotFound("video call");
        }
        catch (JsonException)
        {
            return Problems.Because(StatusCodes.Status400BadRequest, "The request is not valid JSON.");
        }
    }

    private static async Task<Results<Ok, ProblemHttpResult>> Receive(string token, HttpContext http, VideoCallbacks callbacks, CancellationToken ct)
    {
        try
        {
            using var body = await StorableJson.ParseAsync(http.Request.Body, ct);
            return await callbacks.ReceiveAsync(token, body.RootElement, ct) ? TypedResults.Ok() : Problems.Because(StatusCodes.Status404NotFound, "There is nothing at this address.");
        }
        catch (JsonException)
        {
            return Problems.Because(StatusCodes.Status400BadRequest, "The request is not valid JSON.");
        }
    }

    /// <summary>Whether the caller, where it names a company, names its own.</summary>
    internal static bool IsOf(TenantInfo tenant, string? company) =>
        company is null || string.Equals(company, tenant.Slug, StringComparison.OrdinalIgnoreCase) || (Guid.TryParse(company, out var id) && id == tenant.TenantId.Value);

    internal static VideoCaller Caller(HttpContext http, TenantInfo tenant, VisitorTokens tokens) => new(tenant.TenantId, tokens.Read(http)?.Visitor);
}
