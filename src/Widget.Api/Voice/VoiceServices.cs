using Widget.Api.Modes;
using Widget.Api.Voice.Calls;
using Widget.Api.Voice.Providers;
using Widget.Api.Voice.Setup;
using Widget.Platform.Outbound;

namespace Widget.Api.Voice;

internal static class VoiceServices
{
    /// <summary>Realtime voice.</summary>
    public static IServiceCollection AddVoice(this IServiceCollection services, VoiceOptions options, VoiceTimings timings)
    {
        services.AddSingleton(options);
        services.AddSingleton(timings);
        services.AddCircuitBreaker(VoiceHttp.Breaker);
        services.AddSingleton<VoiceHttp>();
        services.AddSingleton<VoiceSockets>();
        services.AddSingleton<RealtimeProvider>();
        services.AddSingleton<IVoiceProvider>(provider => provider.GetRequiredService<RealtimeProvider>());
        services.AddSingleton<IVoiceProvider, LiveProvider>();
        services.AddSingleton<IVoiceProvider, SelfHostedProvider>();
        services.AddSingleton<VoiceProviders>();
        services.AddSingleton<VoiceAccounts>();
        services.AddSingleton<VoiceOffer>();
        services.AddSingleton<IModeOffer>(provider => provider.GetRequiredService<VoiceOffer>());
        services.AddSingleton<VoiceBriefing>();
        services.AddSingleton<VoiceConnectionTest>();

        services.AddSingleton(VoiceTables.Tables);
        services.AddSingleton<VoiceFinish>();
        services.AddSingleton<VoiceBus>();
        services.AddHostedService(provider => provider.GetRequiredService<VoiceBus>());
        services.AddSingleton<VoiceBackstage>();
        services.AddSingleton<VoiceHolder>();
        services.AddSingleton<VoiceKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<VoiceKeeper>());
        services.AddSingleton<VoiceCalls>();
        services.AddSingleton<VoiceRelay>();
        services.AddSingleton<VoiceView>();
        return services;
    }
}
