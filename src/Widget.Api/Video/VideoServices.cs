using Widget.Api.Calls;
using Widget.Api.Modes;
using Widget.Api.Video.Lifecycle;
using Widget.Platform.Work;

namespace Widget.Api.Video;

internal static class VideoServices
{
    /// <summary>Adds calls with a video avatar.</summary>
    public static IServiceCollection AddVideo(this IServiceCollection services, VideoTimings timings)
    {
        services.AddSingleton(timings);
        services.AddSingleton(VideoTables.Tables);
        services.AddSingleton<VideoAvailability>();
        services.AddSingleton<IModeAvailability>(provider => provider.GetRequiredService<VideoAvailability>());
        services.AddSingleton<VideoSessionOpener>();
        services.AddSingleton<VideoSessionCompletion>();
        services.AddSingleton<OrphanedConversations>();
        services.AddSingleton<TavusCalls>();
        services.AddSingleton<VideoSessionReconciler>();
        services.AddSingleton<WakeUpSignal<VideoSessionWorker>>(_ => new());
        services.AddSingleton<SessionLeases>();
        services.AddHostedService<VideoSessionWorker>();
        services.AddSingleton<VideoSessions>();
        services.AddSingleton<ICallEnder, VideoEnder>();
        services.AddSingleton<VideoSessionMapper>();
        services.AddSingleton<VideoCallbacks>();
        services.AddSingleton<LifecycleService>();
        return services;
    }
}
