using Microsoft.AspNetCore.Authentication;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Platform.Work;

namespace Widget.Api.Rooms;

/// <summary>Time limits of rooms. Tests shorten them; operators cannot set them.</summary>
public sealed record RoomTimings
{
    /// <summary>After this time without anybody, a room that was used ends.</summary>
    public TimeSpan EmptyTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the avatar's call is checked.</summary>
    public TimeSpan AvatarCheck { get; init; } = TimeSpan.FromSeconds(3);
}

internal static class RoomServices
{
    /// <summary>Calls between people.</summary>
    public static IServiceCollection AddRooms(this IServiceCollection services, IceOptions ice, RoomTimings timings)
    {
        services.AddSingleton(ice);
        services.AddSingleton(timings);
        services.AddSingleton(RoomTables.Tables);
        services.AddSingleton<RoomTokens>();
        services.AddSingleton<IMultiTenantStrategy, RoomTokenStrategy>();
        services.AddSingleton<RoomLog>();
        services.AddSingleton<RoomConnections>();
        services.AddNotificationSubscriber<RoomConnections>();
        services.AddSingleton<RoomSignalSubscriber>();
        services.AddNotificationSubscriber<RoomSignalSubscriber>();
        services.AddSingleton<RoomFeed>();
        services.AddSingleton<RoomPeople>();
        services.AddSingleton<RoomService>();
        services.AddSingleton<IceServers>();
        services.AddSingleton<IRoomAvatar, TavusRoomAvatar>();
        services.AddSingleton<WakeUpSignal<RoomWorker>>(_ => new(workers: 4));
        services.AddHostedService<RoomWorker>();
        services.AddHostedService<RoomHeartbeat>();
        services.AddHostedService<RoomFarewell>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, RoomAuthentication>(RoomAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.RoomCaller,
            policy => policy
                .AddAuthenticationSchemes([RoomAuthentication.SchemeName, VisitorAuthentication.SchemeName, .. StaffSchemes.All])
                .RequireAuthenticatedUser()
                .AddRequirements(new PermissionRequirement()));
        return services;
    }

    public static void MapRoomsAndIce(this IEndpointRouteBuilder routes)
    {
        routes.MapRooms();
        IceServers.MapIceServers(routes);
    }
}
