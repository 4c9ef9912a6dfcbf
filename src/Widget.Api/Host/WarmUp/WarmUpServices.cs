namespace Widget.Api.Host.WarmUp;

internal static class WarmUpServices
{
    public static IServiceCollection AddWarmUp(this IServiceCollection services) => services
        .AddSingleton<WarmUpQuestion>()
        .AddSingleton<NodeWarmUp>()
        .AddHostedService(provider => provider.GetRequiredService<NodeWarmUp>());
}
