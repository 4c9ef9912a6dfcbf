using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Calls;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Voice.Calls;

internal static class VoiceEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapVoice(this IEndpointRouteBuilder routes)
    {
        var voice = routes.MapGroup("/api/voice").WithTags("Voice").RequireCors(Policies.AnyOrigin).WithRequestSizeLimit(MaxRequestBytes);
        var calls = voice.MapGroup("/session").ForVisitorsAndStaff(StaffArea.Calls)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        calls.MapPost("/", Open).Validate<VoiceSessionRequest>().ProducesCallRefusals()
            .WithSummary("Open a voice call: send an SDP offer, get the provider's answer");
        calls.MapGet("/{id:guid}", Get).WithSummary("Get a voice call");
        calls.MapPost("/{id:guid}/alive", Alive).WithSummary("Report that the page is still open, and get the state of the call");
        calls.MapPost("/{id:guid}/say", Say).Validate<VoiceSayRequest>()
            .WithSummary("Send a typed message that the assistant answers aloud");
        calls.MapPost("/{id:guid}/talk", Talk).WithSummary("Press or release the push-to-talk button");
        calls.MapPost("/{id:guid}/interrupt", Interrupt).WithSummary("Stop the assistant from speaking");
        calls.MapPost("/{id:guid}/end", End).WithSummary("End a voice call; with continued, the page goes on in a new call");
        voice.MapPost("/session/{id:guid}/leave", Leave).ProducesProblem(400).ProducesProblem(404)
            .WithSummary("End a voice call while its page is being closed (text or JSON; needs the leave token only)");
        voice.MapGet("/sessions", List).ForStaff(StaffArea.Calls).ProducesProblem(401)
            .WithSummary("List voice calls with their records, newest first");
    }

    private static async Task<Results<Ok<VoiceSession>, ValidationProblem, ProblemHttpResult>> Open(
        VoiceSessionRequest request,
        Caller caller,
        IMultiTenantContextAccessor tenants,
        VoiceCalls calls,
        ConversationThreads threads,
        HandoffVisitors handoffs,
        VoiceSessionMapper mapper,
        CancellationToken ct)
    {
        if (!request.Sdp.StartsWith("v=0", StringComparison.Ordinal) || !request.Sdp.Contains("m=audio", StringComparison.Ordinal))
            return Problems.Invalid("sdp", "sdp must be an offer of an RTCPeerConnection with an audio track.");
        ConversationId? requested = request.ThreadId is { } id ? new ConversationId(id) : null;
        if (await threads.FindAsync(caller.Tenant, caller.Visitor, requested, ct) is not { } thread)
            return CallRefusal.NoConversation.ToProblem();
        if (caller.Visitor is { } visitor && await handoffs.IsBannedAsync(caller.Tenant, visitor, ct))
            return CallRefusal.Banned.ToProblem();
        if (await handoffs.IsPersonSpeakingAsync(caller.Tenant, thread.Conversation, ct)) return CallRefusal.PersonSpeaks.ToProblem();
        var (call, sdp, refusal) = await calls.OpenAsync(tenants.Current(), caller, thread.Visitor, thread.Conversation, request, ct);
        return refusal is not null ? refusal.ToProblem() : TypedResults.Ok(mapper.Of(call!, caller, sdp));
    }

    private static async Task<Results<Ok<VoiceSession>, ProblemHttpResult>> Get(
        Guid id,
        Caller caller,
        VoiceCalls calls,
        VoiceSessionMapper mapper,
        CancellationToken ct)
    {
        return await calls.FindAsync(caller, new VoiceCallId(id), ct) is { } call ? TypedResults.Ok(mapper.Of(call, caller)) : NotFound();
    }

    private static async Task<Results<Ok<VoiceSession>, ProblemHttpResult>> Alive(
        Guid id,
        Caller caller,
        VoiceCalls calls,
        VoiceSessionMapper mapper,
        CancellationToken ct)
    {
        return await calls.AliveAsync(caller, new VoiceCallId(id), ct) is { } call ? TypedResults.Ok(mapper.Of(call, caller)) : NotFound();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Say(
        Guid id,
        VoiceSayRequest request,
        Caller caller,
        VoiceCalls calls,
        CancellationToken ct) =>
        await calls.SayAsync(caller, new VoiceCallId(id), request, ct)
            ? TypedResults.NoContent()
            : NotOpen();

    private static Task<Results<NoContent, ProblemHttpResult>> Talk(
        Guid id,
        VoiceTalkRequest request,
        Caller caller,
        VoiceCalls calls,
        CancellationToken ct) =>
        CommandAsync(calls, caller, id, request.Pressed ? "press" : "release", ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Interrupt(
        Guid id,
        Caller caller,
        VoiceCalls calls,
        CancellationToken ct) =>
        CommandAsync(calls, caller, id, "interrupt", ct);

    private static async Task<Results<Ok<VoiceSession>, ProblemHttpResult>> End(
        Guid id,
        Caller caller,
        VoiceCalls calls,
        VoiceSessionMapper mapper,
        CancellationToken ct,
        bool continued = false)
    {
        var reason = continued ? VoiceEndReason.Continued : caller.Visitor is null ? VoiceEndReason.Developer : VoiceEndReason.Visitor;
        var call = await calls.EndAsync(caller, new VoiceCallId(id), reason, ct);
        return call is not null ? TypedResults.Ok(mapper.Of(call, caller)) : NotFound();
    }

    private static Task<Results<NoContent, ProblemHttpResult>> Leave(Guid id, HttpContext http, VoiceCalls calls, CancellationToken ct) =>
        CallEndpoints.LeaveAsync(
            http,
            LeaveTokens.Voice,
            id,
            NotFound(),
            async caller => await calls.EndAsync(caller, new VoiceCallId(id), VoiceEndReason.Left, ct) is not null);

    private static async Task<Results<Ok<VoiceSessions>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        VoiceCalls calls,
        VoiceSessionMapper mapper,
        CancellationToken ct,
        Guid? before = null,
        int limit = 50)
    {
        if (CallEndpoints.InvalidLimit(limit) is { } invalid) return invalid;
        var caller = new Caller(tenants.Current().TenantId, Visitor: null);
        var found = await calls.ListAsync(caller.Tenant, before is { } last ? new VoiceCallId(last) : null, limit, ct);
        Guid? next = found.Count == limit ? found[^1].Id.Value : null;
        return TypedResults.Ok(new VoiceSessions([.. found.Select(call => mapper.Of(call, caller))], next));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> CommandAsync(
        VoiceCalls calls,
        Caller caller,
        Guid id,
        string kind,
        CancellationToken ct) =>
        await calls.CommandAsync(caller, new VoiceCallId(id), new VoiceCommand(kind), ct) ? TypedResults.NoContent() : NotOpen();

    private static ProblemHttpResult NotFound() => Problems.NotFound("voice call");

    private static ProblemHttpResult NotOpen() =>
        Problems.Create(StatusCodes.Status404NotFound, "There is no such voice call, or it has ended.");
}
