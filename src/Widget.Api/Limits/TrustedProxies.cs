using System.Net;
using Widget.Api.Configuration;

namespace Widget.Api.Limits;

/// <summary>The proxies whose X-Forwarded-… headers are trusted (WIDGET_TRUSTED_PROXIES).</summary>
public sealed record TrustedProxies
{
    public static TrustedProxies None { get; } = new();

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    public bool IsEmpty => Addresses.Count == 0 && Networks.Count == 0;

    internal static TrustedProxies Read(Variables variables)
    {
        const string Name = "WIDGET_TRUSTED_PROXIES";
        var addresses = new List<IPAddress>();
        var networks = new List<IPNetwork>();
        foreach (var proxy in variables.List(Name))
        {
            if (proxy.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(proxy, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(proxy, out var address)) addresses.Add(address);
            else variables.Errors.Add($"{Name} contains \"{proxy}\". Write addresses or networks, such as 127.0.0.1 or 10.0.0.0/8.");
        }

        return new TrustedProxies { Addresses = addresses, Networks = networks };
    }
}
