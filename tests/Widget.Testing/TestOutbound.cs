using Microsoft.Extensions.DependencyInjection;
using Widget.Platform.Outbound;
using Widget.Rag.Fetching;

namespace Widget.Testing;

/// <summary>HTTP clients for tests that build their objects themselves.</summary>
public static class TestOutbound
{
    public static IHttpClientFactory Clients { get; } = ClientsFor(new FetchOptions());

    /// <summary>A client for an endpoint on loopback.</summary>
    public static HttpClient Client => Clients.CreateClient(OutboundClients.Operator);

    /// <param name="fetching">Which private hosts tenants may choose.</param>
    /// <param name="services">The clients of single services, with the time limit for opening a connection.</param>
    public static IHttpClientFactory ClientsFor(FetchOptions fetching, params (string Name, TimeSpan ConnectTimeout)[] services)
    {
        var collection = new ServiceCollection().AddOutbound(fetching.AllowedPrivateHosts);
        foreach (var (name, connectTimeout) in services) collection.AddOutboundClient(name, connectTimeout);
        return collection.BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
    }

    public static PageFetcher Fetcher(FetchOptions fetching) => new(fetching, ClientsFor(fetching));
}
