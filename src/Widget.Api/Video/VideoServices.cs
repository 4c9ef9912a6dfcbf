using Widget.Api.Modes;
using Widget.Api.Video.Lifecycle;
using Widget.Platform.Work;

namespace Widget.Api.Video;

internal static class VideoServices
{
    /// <summary>Calls with a video avatar.</summary>
    public static IServiceCollection AddVideo(this IServiceCollection services, VideoTimings timings)
    {
        services.AddSingleton(timings);
        services.AddSingleton(VideoTables.Tables);
        services.AddSingleton<VideoOffer>();
        services.AddSingleton<IModeOffer, VideoMode>();
        services.AddSingleton<SessionOpener>();
        services.AddSingleton<SessionFinish>();
        services.AddSingleton<LostConversations>();
        services.AddSingleton<SessionAtTavus>();
        services.AddSingleton<SessionKeeping>();
        services.AddSingleton<WakeUpSignal<VideoSessionWorker>>(_ => new());
        services.AddSingleton<SessionLeases>();
        services.AddHostedService<VideoSessionWorker>();
        services.AddSingleton<VideoSessions>();
        services.AddSingleton<VideoView>();
        services.AddSingleton<VideoCallbacks>();
        services.AddSingleton<LifecycleService>();
        return services;
    }
}
