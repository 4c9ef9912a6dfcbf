using System.Reflection;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Rooms;

/// <summary>Authenticates a participant by the room's token.</summary>
internal sealed class RoomAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    RoomTokens tokens,
    IMultiTenantContextAccessor tenants) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Room";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.Read(BearerToken.Read(Context)) is not { } read) return Task.FromResult(AuthenticateResult.NoResult());
        if (read.IsExpired) return Task.FromResult(AuthenticateResult.Fail("expired"));
        if (tenants.MultiTenantContext.TenantInfo?.TenantId != read.Ticket.Tenant)
            return Task.FromResult(AuthenticateResult.Fail("tenant"));
        var identity = new ClaimsIdentity(
            [
                new Claim("tenant", read.Ticket.Tenant.ToString()),
                new Claim("room", read.Ticket.Room),
                new Claim("participant", read.Ticket.Participant.ToString()),
            ],
            SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // Several schemes are challenged; the first one has already answered.
        if (Response.HasStarted) return Task.CompletedTask;
        Response.Headers.WWWAuthenticate = "Bearer";
        // With this code, the page of a call says that the link has expired, not that it is invalid.
        return tokens.Read(BearerToken.Read(Context)) is { IsExpired: true }
            ? Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, RoomFaults.LinkExpired, RoomFaults.Expired.Code)
            : Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "A room's token is required.");
    }
}

/// <summary>A room's token identifies its tenant.</summary>
internal sealed class RoomTokenStrategy(RoomTokens tokens) : IMultiTenantStrategy
{
    public bool ReadsCredential => true;

    public Task<string?> GetIdentifierAsync(object context) => Task.FromResult(
        context is HttpContext http && tokens.Read(BearerToken.Read(http)) is { IsExpired: false } read
            ? TenantStore.IdPrefix + read.Ticket.Tenant
            : null);
}

/// <summary>The caller of an endpoint for rooms: the staff or a program of the tenant, a visitor, or a participant.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Visitor">The visitor; null for others.</param>
/// <param name="Ticket">The participant; null for others.</param>
public sealed record RoomCaller(TenantId Tenant, VisitorId? Visitor, RoomTicket? Ticket) : IBindableFromHttpContext<RoomCaller>
{
    /// <summary>Whether the caller may use all rooms of the tenant.</summary>
    public bool IsStaff => Visitor is null && Ticket is null;

    /// <summary>Whether the caller may see a room.</summary>
    public bool MaySee(RoomRow room) => IsStaff || Ticket?.Room == room.Id || (Visitor is not null && Visitor == room.VisitorId);

    /// <summary>Whether the caller may admit, mute, remove and end.</summary>
    public bool MayHost(RoomRow room) =>
        IsStaff
        || (Ticket is { Role: RoomRole.Host } && Ticket.Room == room.Id)
        || (room.OpenedByVisitor && Visitor is not null && Visitor == room.VisitorId);

    /// <summary>Reads the caller of an authorized request.</summary>
    public static ValueTask<RoomCaller?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var services = context.RequestServices;
        var ticket = services.GetRequiredService<RoomTokens>().Read(BearerToken.Read(context))?.Ticket;
        var visitor = services.GetRequiredService<VisitorTokens>().Read(context)?.Visitor;
        var tenant = services.GetRequiredService<IMultiTenantContextAccessor>().Current().TenantId;
        return ValueTask.FromResult<RoomCaller?>(new RoomCaller(tenant, visitor, ticket));
    }
}
