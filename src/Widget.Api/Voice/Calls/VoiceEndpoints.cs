using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Voice.Calls;

internal static class VoiceEndpoints
{
    private const long LargestRequest = 64 * 1024;

    public static void MapVoice(this IEndpointRouteBuilder routes)
    {
        var voice = routes.MapGroup("/api/voice").WithTags("Voice").RequireCors(Policies.AnyOrigin).WithRequestSizeLimit(LargestRequest);
        var calls = voice.MapGroup("/session").RequireAuthorization(Policies.VisitorOrDeveloper).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        calls.MapPost("/", Open).Validate<VoiceSessionRequest>().ProducesProblem(402).ProducesProblem(409).ProducesProblem(502).ProducesProblem(503)
            .WithSummary("Open a voice call: an offer goes in, the provider's answer comes back");
        calls.MapGet("/{id:guid}", Get).WithSummary("A voice call");
        calls.MapPost("/{id:guid}/alive", Alive).WithSummary("Say that the page is still there, and hear how the call is doing");
        calls.MapPost("/{id:guid}/say", Say).Validate<VoiceSayRequest>().WithSummary("Say something in writing, to be answered aloud");
        calls.MapPost("/{id:guid}/talk", Talk).WithSummary("Press or let go the button that is held while speaking");
        calls.MapPost("/{id:guid}/interrupt", Interrupt).WithSummary("Have the assistant be quiet");
        calls.MapPost("/{id:guid}/end", End).WithSummary("End a voice call");
        voice.MapPost("/session/{id:guid}/leave", Leave).ProducesProblem(400).ProducesProblem(404)
            .WithSummary("End a voice call as the page is being left (text or JSON, by its leave token alone)");
        voice.MapGet("/sessions", List).RequireAuthorization(Policies.Developer).ProducesProblem(401).WithSummary("Voice calls, newest first, with what is left of them");
    }

    private static async Task<Results<Ok<VoiceSession>, ValidationProblem, ProblemHttpResult>> Open(
        VoiceSessionRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        VisitorTokens tokens,
        VoiceCalls calls,
        ConversationThreads threads,
        VoiceView view,
        CancellationToken ct)
    {
        if (!request.Sdp.StartsWith("v=0", StringComparison.Ordinal) || !request.Sdp.Contains("m=audio", StringComparison.Ordinal))
            return Problems.Invalid("sdp", "sdp must be an offer with an audio track, as RTCPeerConnection makes it.");
        var caller = Caller(http, tenants, tokens);
        if (await threads.FindAsync(caller.Tenant.TenantId, caller.Visitor, request.ThreadId is { } thread ? new ConversationId(thread) : null, ct) is not { } found)
            return VoiceRefusal.NoSuchConversation.ToProblem();
        var (call, sdp, refusal) = await calls.OpenAsync(caller, found.Visitor, found.Conversation, request, ct);
        return refusal is { } why ? why.ToProblem() : TypedResults.Ok(view.Of(call!, caller, sdp));
    }

    private static async Task<Results<Ok<VoiceSession>, ProblemHttpResult>> Get(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VoiceCalls calls, VoiceView view, CancellationToken ct) =>
        Caller(http, tenants, tokens) is var caller && await calls.FindAsync(caller, new VoiceCallId(id), ct) is { } call
            ? TypedResults.Ok(view.Of(call, caller))
            : NotFound();

    private static async Task<Results<Ok<VoiceSession>, ProblemHttpResult>> Alive(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VoiceCalls calls, VoiceView view, CancellationToken ct) =>
        Caller(http, tenants, tokens) is var caller && await calls.AliveAsync(caller, new VoiceCallId(id), ct) is { } call
            ? TypedResults.Ok(view.Of(call, caller))
            : NotFound();

    private static async Task<Results<NoContent, ProblemHttpResult>> Say(
        Guid id, VoiceSayRequest request, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VoiceCalls calls, CancellationToken ct) =>
        await calls.SayAsync(Caller(http, tenants, tokens), new VoiceCallId(id), request, ct) ? TypedResults.NoContent() : NotOpen();

    private static async Task<Results<NoContent, ProblemHttpResult>> Talk(
        Guid id, VoiceTalkRequest request, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VoiceCalls calls, CancellationToken ct) =>
        await calls.CommandAsync(Caller(http, tenants, tokens), new VoiceCallId(id), new VoiceCommand(request.Pressed ? "press" : "release"), ct) ? TypedResults.NoContent() : NotOpen();

    private static async Task<Results<NoContent, ProblemHttpResult>> Interrupt(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VoiceCalls calls, CancellationToken ct) =>
        await calls.CommandAsync(Caller(http, tenants, tokens), new VoiceCallId(id), new VoiceCommand("interrupt"), ct) ? TypedResults.NoContent() : NotOpen();

    private static async Task<Results<Ok<VoiceSession>, ProblemHttpResult>> End(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens, VoiceCalls calls, VoiceView view, CancellationToken ct)
    {
        var caller = Caller(http, tenants, tokens);
        var reason = caller.Visitor is null ? VoiceEndReason.Developer : VoiceEndReason.Visitor;
        return await calls.EndAsync(caller.Tenant.TenantId, caller.Visitor, new VoiceCallId(id), reason, ct) is { } call ? TypedResults.Ok(view.Of(call, caller)) : NotFound();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Leave(
        Guid id, HttpContext http, IMultiTenantContextAccessor tenants, LeaveTokens leaving, VoiceCalls calls, CancellationToken ct)
    {
        try
        {
            return await leaving.ReadAsync(LeaveTokens.Voice, id, http.Request.Body, ct) is { } tenant
                && tenants.Admits(tenant)
                && await calls.EndAsync(tenant, visitor: null, new VoiceCallId(id), VoiceEndReason.Left, ct) is not null
                ? TypedResults.NoContent()
                : NotFound();
        }
        catch (JsonException)
        {
            return Problems.Because(StatusCodes.Status400BadRequest, "The request is not valid JSON.");
        }
    }

    private static async Task<Results<Ok<VoiceSessions>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants, VoiceCalls calls, VoiceView view, CancellationToken ct, Guid? before = null, int limit = 50)
    {
        if (limit is < 1 or > 200) return Problems.Invalid("limit", "limit must be between 1 and 200.");
        var tenant = tenants.Current();
        var found = await calls.ListAsync(tenant.TenantId, before is { } last ? new VoiceCallId(last) : null, limit, ct);
        return TypedResults.Ok(new VoiceSessions([.. found.Select(call => view.Of(call, new VoiceCaller(tenant, null)))], found.Count == limit ? found[^1].Id.Value : null));
    }

    private static VoiceCaller Caller(HttpContext http, IMultiTenantContextAccessor tenants, VisitorTokens tokens) => new(tenants.Current(), tokens.Read(http)?.Visitor);

    private static ProblemHttpResult NotFound() => Problems.NotFound("voice call");

    private static ProblemHttpResult NotOpen() => Problems.Because(StatusCodes.Status404NotFound, "There is no such voice call, or it is over.");
}
