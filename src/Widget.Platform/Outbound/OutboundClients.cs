using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Widget.Platform.Outbound;

/// <summary>
/// The HTTP clients for all other servers, from <see cref="IHttpClientFactory"/>. They follow no redirects, because a redirect could send a
/// key to another host, and they keep no cookies. They have no timeout; each call sets a time limit (<see cref="OutboundPipelines"/>).
/// </summary>
public static class OutboundClients
{
    /// <summary>The client for endpoints that the operator configures. They may have private addresses.</summary>
    public const string Operator = "operator";

    /// <summary>The client for endpoints and pages that a tenant chooses. It connects to public addresses only.</summary>
    public const string Tenant = "tenant";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <param name="services">The application's services.</param>
    /// <param name="allowedPrivateHosts">Hosts, as <c>host:port</c>, that tenants may choose although they are private.</param>
    public static IServiceCollection AddOutbound(this IServiceCollection services, IReadOnlySet<string> allowedPrivateHosts)
    {
        services.TryAddSingleton<CircuitBreakerRegistry>();
        services.AddOutboundClient(Operator, ConnectTimeout);
        return services.AddClient(Tenant, () =>
        {
            var handler = Handler(ConnectTimeout);
            handler.UseProxy = false; // A proxy would connect without the check.
            handler.ConnectCallback = (context, ct) => GuardedConnection.ConnectAsync(context.DnsEndPoint, allowedPrivateHosts, ct);
            return handler;
        });
    }

    /// <summary>Adds a client for one service that the operator configures.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name to pass to <see cref="IHttpClientFactory.CreateClient"/>.</param>
    /// <param name="connectTimeout">The time limit for opening a connection.</param>
    public static IServiceCollection AddOutboundClient(this IServiceCollection services, string name, TimeSpan connectTimeout) =>
        services.AddClient(name, () => Handler(connectTimeout));

    /// <summary>The client for an endpoint.</summary>
    /// <param name="clients">The factory.</param>
    /// <param name="isTenantChosen">Whether a tenant chose the endpoint, not the operator.</param>
    public static HttpClient ForEndpoint(this IHttpClientFactory clients, bool isTenantChosen) =>
        clients.CreateClient(isTenantChosen ? Tenant : Operator);

    private static IServiceCollection AddClient(this IServiceCollection services, string name, Func<SocketsHttpHandler> handler)
    {
        services.AddHttpClient(name, http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(handler)
            // The handler replaces its connections itself, so services may keep their client.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // The loggers would write addresses, which contain ids and tokens.
            .RemoveAllLoggers();
        return services;
    }

    private static SocketsHttpHandler Handler(TimeSpan connectTimeout) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = connectTimeout,
        // Without a limit, the client would keep using an old address after the host's DNS entry has changed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };
}
