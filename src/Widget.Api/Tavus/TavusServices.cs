using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;

namespace Widget.Api.Tavus;

internal static class TavusServices
{
    /// <summary>The video avatar and whatever else happens at Tavus.</summary>
    public static IServiceCollection AddTavus(this IServiceCollection services, TavusApiOptions api)
    {
        services.AddSingleton(api);
        services.AddSingleton<TavusAccounts>();
        services.AddSingleton<TavusClient>();
        services.AddSingleton<TavusConnectionTest>();
        services.AddTavusKnowledge();
        return services;
    }
}
