using System.Net;
using System.Net.Sockets;

namespace Widget.Api.Limits;

/// <summary>Identifies a client by its address, for rate limits.</summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>Returns the address. For IPv6 the /64 network, because a subscriber gets a whole /64 network.</summary>
    public static string Of(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return new IPAddress(bytes) + "/64";
    }
}
