using Widget.Platform.Work;

namespace Widget.Api.Handoffs;

internal static class HandoffServices
{
    /// <summary>Whether a person or the assistant speaks.</summary>
    public static IServiceCollection AddHandoffs(this IServiceCollection services)
    {
        services.AddSingleton(HandoffTables.Tables);
        services.AddSingleton<HandoffVisitors>();
        services.AddSingleton<WakeUpSignal<HandoffQueue>>(_ => new WakeUpSignal<HandoffQueue>());
        return services;
    }
}
