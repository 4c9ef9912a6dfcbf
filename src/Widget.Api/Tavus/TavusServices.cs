using Widget.Api.Modes;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Lifecycle;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tavus.Sessions;
using Widget.Api.Tavus.Tools;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

internal static class TavusServices
{
    /// <summary>The video avatar and whatever else happens at Tavus.</summary>
    public static IServiceCollection AddTavus(this IServiceCollection services, TavusApiOptions api, VideoTimings timings)
    {
        services.AddSingleton(api);
        services.AddSingleton<TavusAccounts>();
        services.AddSingleton<ITavusSearchKeys, TenantSearchKeys>();
        services.AddSingleton<TavusClient>();
        services.AddSingleton<TavusConnectionTest>();
        services.AddSingleton<TavusAccountDatabase>();
        services.AddSingleton<TavusTurns>();
        services.AddSingleton<PersonaProvisioner>();
        services.AddTavusKnowledge();

        services.AddSingleton(timings);
        services.AddSingleton<VideoDatabase>();
        services.AddSingleton<VideoOffer>();
        services.AddSingleton<IModeOffer, VideoMode>();
        services.AddSingleton<SessionOpener>();
        services.AddSingleton<SessionFinish>();
        services.AddSingleton<LostConversations>();
        services.AddSingleton<SessionAtTavus>();
        services.AddSingleton<SessionKeeping>();
        services.AddSingleton<VideoSignal>();
        services.AddSingleton<SessionLeases>();
        services.AddHostedService<SessionKeeper>();
        services.AddSingleton<VideoSessions>();
        services.AddSingleton<VideoView>();
        services.AddSingleton<VideoCallbacks>();
        services.AddSingleton<LifecycleService>();

        services.AddSingleton<CallingSessions>();
        services.AddSingleton<DeliverySecrets>();
        services.AddSingleton<ToolCallReceiver>();
        services.AddSingleton<TavusToolSync>();
        return services;
    }
}
