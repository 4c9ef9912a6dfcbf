using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.SignalR;
using Widget.Platform.Telemetry;

namespace Widget.Api.Limits;

internal static partial class LimitServices
{
    public static IServiceCollection AddLimits(this IServiceCollection services, LimitOptions options, TrustedProxies proxies)
    {
        services.AddTelemetryNames(meters: [SharedCounters.MeterName]);
        services.AddSingleton(proxies);
        services.AddSingleton<SharedCounters>();
        services.AddSingleton(provider => new RequestLimits(
            options,
            provider.GetRequiredService<SharedCounters>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SessionLimits>();
        services.AddHostedService<CounterCleanup>();
        services.AddSingleton<HubLimits>();
        services.Configure<HubOptions>(hub => hub.AddFilter<HubLimits>());
        // This runs after the framework's own configuration, because ASPNETCORE_FORWARDEDHEADERS_ENABLED makes it trust every caller.
        services.PostConfigure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = proxies.IsEmpty
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var address in proxies.Addresses) forwarded.KnownProxies.Add(address);
            foreach (var network in proxies.Networks) forwarded.KnownIPNetworks.Add(network);
            // Read X-Forwarded-For from the right, as long as each address is a trusted proxy.
            forwarded.ForwardLimit = null;
        });
        return services;
    }

    /// <summary>Must be the first middleware, because the others rely on the client's real address and scheme.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<TrustedProxies>().IsEmpty) app.UseForwardedHeaders();
        else if (string.Equals(app.Configuration["FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase))
            LogUnsafeForwarding(app.Logger);
    }

    /// <summary>Adds a separate rate limit to an endpoint.</summary>
    public static TBuilder LimitedAs<TBuilder>(this TBuilder endpoint, Limit limit)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new LimitedAs(limit));

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "ASPNETCORE_FORWARDEDHEADERS_ENABLED is ignored because it trusts every caller. "
            + "List your proxies in WIDGET_TRUSTED_PROXIES")]
    private static partial void LogUnsafeForwarding(ILogger logger);
}
