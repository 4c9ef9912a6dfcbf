using System.Net;

namespace Widget.Api.Limits;

/// <summary>The proxies whose X-Forwarded-… headers are trusted (WIDGET_TRUSTED_PROXIES).</summary>
public sealed record TrustedProxies
{
    public static TrustedProxies None { get; } = new();

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    public bool IsEmpty => Addresses.Count == 0 && Networks.Count == 0;

    /// <summary>Reads addresses and networks, separated by commas.</summary>
    /// <param name="text">As <c>127.0.0.1, 10.0.0.0/8</c>.</param>
    /// <param name="wrong">Receives what is neither.</param>
    public static TrustedProxies Parse(string text, ICollection<string> wrong)
    {
        var addresses = new List<IPAddress>();
        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(part, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(part, out var address)) addresses.Add(address);
            else wrong.Add(part);
        }

        return new TrustedProxies { Addresses = addresses, Networks = networks };
    }
}
