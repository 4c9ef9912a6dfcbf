namespace Widget.Api.Outbound;

internal static class OutboundServices
{
    /// <summary>Connections to services that the operator or a tenant names.</summary>
    public static IServiceCollection AddOutbound(this IServiceCollection services) => services.AddSingleton<GuardedHttp>();
}
