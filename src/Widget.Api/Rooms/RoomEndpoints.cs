using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Handoffs;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Rooms;

internal static class RoomEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int MaxPageSize = 100;

    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/video/rooms").WithTags("Rooms").RequireCors(Policies.AnyOrigin)
            .WithRequestSizeLimit(MaxRequestBytes);
        var rooms = group.MapGroup("").RequireAuthorization(Policies.RoomCaller).ProducesProblem(401);
        rooms.MapPost("", Create).Validate<CreateRoomRequest>().WithSummary("Create a room for a call");
        rooms.MapGet("/{id}", Get).ProducesProblem(404).WithSummary("Get a room");
        rooms.MapPost("/{id}/links", AddLink).Validate<RoomLinkRequest>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(410)
            .WithSummary("Make a link into a room for one person");
        rooms.MapPost("/{id}/admit", Admit).WithSummary("Let a person in the waiting room into the call");
        rooms.MapPost("/{id}/decline", Decline).WithSummary("Do not let a person into the call");
        rooms.MapPost("/{id}/remove", Remove).WithSummary("Remove a person from the call");
        rooms.MapPost("/{id}/mute", Mute).WithSummary("Mute a person");
        rooms.MapPost("/{id}/invite", Invite).Validate<RoomAvatarRequest>().WithSummary("Invite the avatar into the call");
        rooms.MapPost("/{id}/dismiss", Dismiss).WithSummary("Send the avatar away");
        rooms.MapPost("/{id}/refuse", Refuse).WithSummary("Refuse the invitation to a call, as its visitor");
        rooms.MapPost("/{id}/end", End).WithSummary("End the call for all");
        group.MapGet("", List).RequireAuthorization(Policies.Developer).ProducesProblem(401).WithSummary("List rooms, newest first");
        group.MapGet("/join", Preview).ProducesProblem(404).ProducesProblem(410)
            .WithSummary("Get what the page before a call shows (needs a room's token only)");
        routes.MapPost("/api/chat/messages", SendChat).WithTags("Rooms").RequireCors(Policies.AnyOrigin)
            .RequireAuthorization(Policies.RoomCaller).Validate<ChatMessageRequest>()
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(404)
            .WithSummary("Send a chat message in a call without the hub");
        routes.MapHub<RoomHub>(RoomHub.Path).RequireCors(Policies.AnyOrigin);
    }

    private static async Task<Results<Ok<Room>, ValidationProblem, ProblemHttpResult>> Create(
        CreateRoomRequest request,
        RoomCaller caller,
        RoomService rooms,
        HandoffVisitors handoffs,
        CancellationToken ct)
    {
        if (caller.Ticket is not null) return RoomFaults.NotHost.ToProblem();
        if (caller.Visitor is { } visitor)
        {
            if (request.RepId is not null) return Problems.Invalid("repId", "Only the staff can name a rep.");
            if (await handoffs.IsBannedAsync(caller.Tenant, visitor, ct))
                return Problems.Create(StatusCodes.Status403Forbidden, VisitorBannedException.Text, VisitorBannedException.Code);
        }

        var (room, field, error) = await rooms.CreateAsync(caller, request, RoomRow.Peer, ct);
        return room is null ? Problems.Invalid(field!, error!) : TypedResults.Ok(room);
    }

    private static async Task<Results<Ok<Room>, ProblemHttpResult>> Get(
        string id,
        RoomCaller caller,
        RoomService rooms,
        CancellationToken ct)
    {
        if (await rooms.FindAsync(caller, id, ct) is not var (row, state)) return NotFound();
        var room = RoomMapper.RoomOf(row, state);
        // In the waiting room, a participant learns nothing of the call.
        if (caller.Ticket is { } ticket && state.Find(ticket.Participant) is not { State: RoomPresence.In })
        {
            var self = room.Participants.Where(participant => participant.Id == ticket.Participant);
            room = room with { Participants = [.. self], Avatar = null, Recording = null };
        }

        return TypedResults.Ok(room);
    }

    private static async Task<Results<Ok<RoomList>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        RoomService rooms,
        CancellationToken ct,
        string? state = null,
        string? before = null,
        int limit = 50)
    {
        if (limit is < 1 or > MaxPageSize) return Problems.Invalid("limit", $"limit must be between 1 and {MaxPageSize}.");
        if (state is not (null or "open" or "ended")) return Problems.Invalid("state", "state must be open or ended.");
        bool? open = state is null ? null : state == "open";
        return TypedResults.Ok(await rooms.ListAsync(tenants.Current().TenantId, open, before, limit, ct));
    }

    private static async Task<Results<Ok<RoomLink>, ProblemHttpResult>> AddLink(
        string id,
        RoomLinkRequest request,
        RoomCaller caller,
        RoomService rooms,
        CancellationToken ct)
    {
        if (await rooms.FindAsync(caller, id, ct) is not var (row, state)) return NotFound();
        var (link, fault) = rooms.Link(caller, row, state, request);
        return fault is not null ? fault.ToProblem() : TypedResults.Ok(link!);
    }

    private static async Task<Results<Ok<RoomPreview>, ProblemHttpResult>> Preview(
        RoomTokens tokens,
        RoomLog log,
        IMultiTenantStore store,
        IMultiTenantContextAccessor tenants,
        CancellationToken ct,
        string? token = null)
    {
        if (tokens.Read(token) is not var (ticket, isExpired) || !tenants.Admits(ticket.Tenant)) return RoomFaults.Invalid.ToProblem();
        if (isExpired) return RoomFaults.Expired.ToProblem();
        if (await log.FindAsync(ticket.Tenant, ticket.Room, ct) is not var (row, state)) return RoomFaults.Invalid.ToProblem();
        if (row.EndedAt is not null) return RoomFaults.Ended.ToProblem();
        var known = state.Find(ticket.Participant);
        if (known?.State == RoomPresence.Removed) return RoomFaults.Removed.ToProblem();
        var company = await store.GetByIdentifierAsync(TenantStore.IdPrefix + ticket.Tenant, ct);
        var recording = state.Facts?.Recording is { State: RecordingState.Recording or RecordingState.Paused } runs ? runs : null;
        return TypedResults.Ok(new RoomPreview
        {
            RoomId = row.Id,
            Name = row.Name,
            Company = company?.Name ?? "",
            Role = ticket.Role,
            ParticipantId = ticket.Participant,
            ParticipantName = known?.Name ?? ticket.Name,
            WaitingRoom = row.WaitingRoom && ticket.Role != RoomRole.Host && known is not { State: RoomPresence.In or RoomPresence.Left },
            Transport = row.Transport,
            State = RoomOpenState.Open,
            ExpiresAt = row.ExpiresAt,
            Recording = recording,
        });
    }

    private static Task<Results<NoContent, ProblemHttpResult>> Admit(
        string id, RoomParticipantRequest request, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.AdmitAsync(caller.Tenant, id, request.ParticipantId, by, ct), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Decline(
        string id, RoomParticipantRequest request, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.DeclineAsync(caller.Tenant, id, request.ParticipantId, by, ct), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Remove(
        string id, RoomParticipantRequest request, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.RemoveAsync(caller.Tenant, id, request.ParticipantId, by, ct), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Mute(
        string id, RoomParticipantRequest request, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.MuteAsync(caller.Tenant, id, request.ParticipantId, by, ct), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Invite(
        string id, RoomAvatarRequest request, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.SetAvatarAsync(caller.Tenant, id, wanted: true, request.Name, by, ct), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Dismiss(
        string id, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.SetAvatarAsync(caller.Tenant, id, wanted: false, name: null, by, ct), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> End(
        string id, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct) =>
        HostAsync(id, caller, rooms, by => people.EndAsync(caller.Tenant, id, "ended", by, ct), ct);

    private static async Task<Results<NoContent, ProblemHttpResult>> Refuse(
        string id, RoomCaller caller, RoomService rooms, RoomPeople people, CancellationToken ct)
    {
        if (await rooms.FindAsync(caller, id, ct) is not var (row, _) || caller.Visitor is null) return NotFound();
        // The visitor ends an own room instead.
        if (row.OpenedByVisitor) return RoomFaults.NotHost.ToProblem();
        return await people.EndAsync(caller.Tenant, id, "refused", RoomActor.Staff, ct) is { } fault
            ? fault.ToProblem()
            : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ChatMessageResult>, ProblemHttpResult>> SendChat(
        ChatMessageRequest request,
        RoomCaller caller,
        RoomPeople people,
        TimeProvider clock,
        CancellationToken ct)
    {
        if (caller.Ticket is not { } ticket) return RoomFaults.NotIn.ToProblem();
        if (ticket.Room != request.RoomId) return NotFound();
        var id = request.MessageId ?? Guid.NewGuid();
        var chat = new RoomChat(id, ticket.Participant, request.From ?? "", request.Text, request.Timestamp ?? clock.GetUtcNow());
        return await people.ChatAsync(caller.Tenant, ticket.Room, ticket.Participant, chat, ct) is { } fault
            ? fault.ToProblem()
            : TypedResults.Ok(new ChatMessageResult("sent", id));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> HostAsync(
        string id,
        RoomCaller caller,
        RoomService rooms,
        Func<RoomActor, Task<RoomFault?>> change,
        CancellationToken ct)
    {
        if (await rooms.FindAsync(caller, id, ct) is not var (row, _)) return NotFound();
        if (!caller.MayHost(row)) return RoomFaults.NotHost.ToProblem();
        return await change(new RoomActor(caller.Ticket?.Participant)) is { } fault ? fault.ToProblem() : TypedResults.NoContent();
    }

    private static ProblemHttpResult NotFound() => RoomFaults.NoRoom.ToProblem();
}
