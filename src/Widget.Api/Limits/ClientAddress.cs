using System.Net;
using System.Net.Sockets;

namespace Widget.Api.Limits;

/// <summary>The client that a request counts for.</summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>The address. Of an IPv6 address the /64 network, because that is what one subscriber gets.</summary>
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
