using Widget.Api.Calls;
using Widget.Api.Modes;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Providers;
using Widget.Api.Voice.Setup;
using Widget.Platform.Outbound;
using Widget.Platform.Work;

namespace Widget.Api.Voice;

internal static class VoiceServices
{
    /// <summary>Adds realtime voice calls.</summary>
    public static IServiceCollection AddVoice(this IServiceCollection services, VoiceOptions options, VoiceTimings timings)
    {
        services.AddSingleton(options);
        services.AddSingleton(timings);
        services.AddCircuitBreaker(VoiceHttp.Breaker);
        services.AddSingleton<VoiceHttp>();
        services.AddSingleton<VoiceSockets>();
        services.AddSingleton<RealtimeProvider>();
        services.AddSingleton<IVoiceProvider>(provider => provider.GetRequiredService<RealtimeProvider>());
        services.AddSingleton<IVoiceProvider, GptLiveProvider>();
        services.AddSingleton<IVoiceProvider, SelfHostedProvider>();
        services.AddSingleton<VoiceProviders>();
        services.AddSingleton<VoiceAccounts>();
        services.AddSingleton<VoiceAvailability>();
        services.AddSingleton<IModeAvailability>(provider => provider.GetRequiredService<VoiceAvailability>());
        services.AddSingleton<VoicePlanBuilder>();
        services.AddSingleton<VoiceConnectionTest>();

        services.AddSingleton(VoiceTables.Tables);
        services.AddSingleton<VoiceCallStore>();
        services.AddSingleton<VoiceCallLog>();
        services.AddSingleton<VoiceCallTools>();
        services.AddSingleton<VoiceCallCompletion>();
        services.AddSingleton<VoiceBus>();
        services.AddHostedService(provider => provider.GetRequiredService<VoiceBus>());
        services.AddSingleton<ActiveVoiceCallFactory>();
        services.AddSingleton<VoiceCallConnector>();
        services.AddSingleton<VoiceCallSupervisor>();
        services.AddSingleton<VoiceCallHost>();
        services.AddNotificationSubscriber<VoiceBus>();
        services.AddHostedService<VoiceCallReclaimer>();
        services.AddSingleton<VoiceCallOpener>();
        services.AddSingleton<VoiceCalls>();
        services.AddSingleton<ICallEnder, VoiceEnder>();
        services.AddSingleton<DataChannelRelay>();
        services.AddSingleton<VoiceSessionMapper>();
        return services;
    }
}
