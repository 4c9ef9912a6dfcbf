using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Widget.Api.Rooms;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.LiveKit;

/// <summary>Rooms at LiveKit, under the addresses and names that other products use, and under /api/livekit.</summary>
internal static class LiveKitEndpoints
{
    public const string WebhookPath = "/api/livekit/webhook";

    private const long MaxRequestBytes = 256 * 1024;
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(15);

    public static void MapLiveKit(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", "/api/livekit" })
        {
            var group = routes.MapGroup(prefix).WithTags("LiveKit").RequireCors(Policies.AnyOrigin)
                .ForRoomCallers().WithRequestSizeLimit(MaxRequestBytes).ProducesProblem(401).ProducesProblem(403);
            group.MapPost("/join-room", Join).Validate<JoinRoomRequest>().ProducesProblem(410).WithSummary("Join a room at LiveKit");
            group.MapGet("/token", Token).WithSummary("The same as POST /join-room, for older programs");
            group.MapPost("/invite-avatar", Invite).Validate<InviteAvatarRequest>().ProducesProblem(404).ProducesProblem(410)
                .WithSummary("Invite the avatar into a room");
        }

        routes.MapPost(WebhookPath, LiveKitWebhooks.Receive).WithTags("LiveKit").ProducesProblem(401)
            .WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes))
            .WithSummary("Receives LiveKit's webhooks");
        var account = routes.MapGroup("/api/livekit/account").WithTags("LiveKit").ForStaff(StaffArea.Settings)
            .ProducesProblem(401);
        account.MapGet("", GetAccount).WithSummary("Get the LiveKit server of the tenant");
        account.MapPut("", SetAccount).Validate<LiveKitAccountRequest>().WithSummary("Use the tenant's own LiveKit server");
        account.MapDelete("", RemoveAccount).ProducesProblem(404).WithSummary("Use the installation's LiveKit server again");
    }

    private static async Task<Results<Ok<JoinRoomResult>, ValidationProblem, ProblemHttpResult>> Join(
        JoinRoomRequest request,
        RoomCaller caller,
        LiveKitRooms rooms,
        CancellationToken ct)
    {
        if (caller.Ticket is not null) return RoomFaults.NotHost.ToProblem();
        var name = GivenText.Line(request.ParticipantName);
        var (result, field, error) = await rooms.JoinAsync(caller, request, $"{name}-{Suffix()}", name, ct);
        return Answer(result, field, error);
    }

    private static async Task<Results<Ok<JoinRoomResult>, ValidationProblem, ProblemHttpResult>> Token(
        RoomCaller caller,
        LiveKitRooms rooms,
        CancellationToken ct,
        string? roomName = null,
        string? identity = null,
        string? name = null)
    {
        if (caller.Ticket is not null) return RoomFaults.NotHost.ToProblem();
        var request = new JoinRoomRequest { RoomName = roomName ?? "", ParticipantName = name ?? identity ?? "" };
        if (Validation.FindErrors(request) is { Count: > 0 } errors) return Problems.Invalid("roomName", errors.Values.First()[0]);
        if (identity is { Length: > 200 }) return Problems.Invalid("identity", "identity must have at most 200 characters.");
        var person = string.IsNullOrWhiteSpace(identity) ? $"{GivenText.Line(request.ParticipantName)}-{Suffix()}" : identity.Trim();
        var (result, field, error) = await rooms.JoinAsync(caller, request, person, GivenText.Line(request.ParticipantName), ct);
        return Answer(result, field, error);
    }

    private static async Task<Results<Ok<InviteAvatarResult>, ProblemHttpResult>> Invite(
        InviteAvatarRequest request,
        RoomCaller caller,
        RoomService rooms,
        RoomPeople people,
        CancellationToken ct)
    {
        if (await rooms.FindAsync(caller, request.RoomName, ct) is not var (row, _)) return RoomFaults.NoRoom.ToProblem();
        if (!caller.MayHost(row)) return RoomFaults.NotHost.ToProblem();
        var by = new RoomActor(caller.Ticket?.Participant);
        return await people.SetAvatarAsync(caller.Tenant, row.Id, wanted: true, request.AvatarName, by, ct) is { } fault
            ? fault.ToProblem()
            : TypedResults.Ok(new InviteAvatarResult(row.Id, AvatarInvited: true, request.AvatarName));
    }

    private static async Task<Ok<LiveKitAccountState>> GetAccount(
        IMultiTenantContextAccessor tenants,
        LiveKitAccounts accounts,
        OwnHosts hosts,
        CancellationToken ct)
    {
        var account = await accounts.OfAsync(tenants.Current().TenantId, ct);
        var source = account is null ? "none" : account.BelongsToTenant ? "own" : "platform";
        return TypedResults.Ok(new LiveKitAccountState(
            source,
            account?.SocketUrl,
            account is { BelongsToTenant: true } ? account.Key : null,
            hosts.PublicOrigin is { } origin ? origin + WebhookPath : null));
    }

    private static async Task<Results<Ok<LiveKitAccountState>, ValidationProblem>> SetAccount(
        LiveKitAccountRequest request,
        IMultiTenantContextAccessor tenants,
        LiveKitAccounts accounts,
        OwnHosts hosts,
        CancellationToken ct)
    {
        if (LiveKitOptions.ParseAddress(request.Url) is not { } address)
            return Problems.Invalid("url", "url must be an address such as wss://acme.livekit.cloud.");
        var stored = new LiveKitAccounts.StoredAccount(address.AbsoluteUri, request.Key.Trim(), request.Secret.Trim(), request.Agent);
        await accounts.SaveAsync(tenants.Current().TenantId, stored, ct);
        return await GetAccount(tenants, accounts, hosts, ct);
    }

    private static async Task<Results<Ok<LiveKitAccountState>, ProblemHttpResult>> RemoveAccount(
        IMultiTenantContextAccessor tenants,
        LiveKitAccounts accounts,
        OwnHosts hosts,
        CancellationToken ct) =>
        await accounts.RemoveAsync(tenants.Current().TenantId, ct)
            ? await GetAccount(tenants, accounts, hosts, ct)
            : Problems.Create(StatusCodes.Status404NotFound, "The tenant has no LiveKit server of its own.");

    private static Results<Ok<JoinRoomResult>, ValidationProblem, ProblemHttpResult> Answer(
        JoinRoomResult? result,
        string? field,
        string? error) =>
        result is not null ? TypedResults.Ok(result)
        : field is not null ? Problems.Invalid(field, error!)
        : Problems.Create(StatusCodes.Status410Gone, error!, "call-ended");

    private static string Suffix() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>How long a token can be used to connect. LiveKit keeps the connection longer.</summary>
    internal static TimeSpan Lifetime => TokenLifetime;
}
