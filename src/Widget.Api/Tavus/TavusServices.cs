using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tavus.Provisioning;
using Widget.Api.Tavus.Tools;
using Widget.Platform.Outbound;
using Widget.Rag.Tavus;

namespace Widget.Api.Tavus;

internal static class TavusServices
{
    /// <summary>Tavus: accounts, knowledge, personas and tools. Video calls are a separate feature.</summary>
    public static IServiceCollection AddTavus(this IServiceCollection services, TavusApiOptions api)
    {
        services.AddSingleton(api);
        services.AddSingleton<TavusAccounts>();
        services.AddSingleton<ITavusSearchKeys, TenantSearchKeys>();
        services.AddOutboundClient(TavusTransport.Client, TavusTransport.ConnectTimeout);
        services.AddCircuitBreaker(TavusTransport.Breaker);
        services.AddSingleton<TavusClient>();
        services.AddSingleton<TavusConnectionTest>();
        services.AddSingleton(TavusTables.Tables);
        services.AddSingleton<TavusChangeLeases>();
        services.AddSingleton<PersonaReader>();
        services.AddSingleton<ProvisionedPersonas>();
        services.AddSingleton<PersonaProvisioner>();
        services.AddTavusKnowledge();

        services.AddSingleton<ToolCallSessions>();
        services.AddSingleton<DeliverySecrets>();
        services.AddSingleton<ToolCallReceiver>();
        services.AddSingleton<RegisteredTools>();
        services.AddSingleton<TavusToolSync>();
        return services;
    }
}
