using Widget.Api.Rooms;

namespace Widget.Api.LiveKit;

internal static class LiveKitServices
{
    /// <summary>Rooms at LiveKit.</summary>
    public static IServiceCollection AddLiveKit(this IServiceCollection services, LiveKitOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(LiveKitTables.Tables);
        services.AddSingleton<LiveKitAccounts>();
        services.AddSingleton<LiveKitClient>();
        services.AddSingleton<LiveKitMedia>();
        services.AddSingleton<IRoomMedia>(provider => provider.GetRequiredService<LiveKitMedia>());
        services.AddSingleton<LiveKitRooms>();
        services.AddSingleton<LiveKitPresence>();
        services.AddSingleton<IRoomPresence>(provider => provider.GetRequiredService<LiveKitPresence>());
        services.AddSingleton<IRoomAvatar, LiveKitAvatar>();
        services.AddSingleton<LiveKitWebhooks>();
        return services;
    }
}
