using System.Net;
using System.Net.Sockets;

namespace Widget.Platform.Outbound;

/// <summary>
/// Connects to hosts that tenants choose, at public addresses only. It checks the address that it connects to, so a second DNS answer
/// cannot bypass the check.
/// </summary>
internal static class GuardedConnection
{
    /// <summary>
    /// For <see cref="SocketsHttpHandler.ConnectCallback"/>. Use it without a proxy, which would connect without the check.
    /// </summary>
    /// <param name="endpoint">The host to connect to.</param>
    /// <param name="allowedPrivateHosts">Hosts, as <c>host:port</c>, that may have private addresses.</param>
    /// <param name="ct">Cancels the connection attempt.</param>
    /// <exception cref="PrivateAddressException">The host has no public address.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, IReadOnlySet<string> allowedPrivateHosts, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(endpoint.Host, ct);
        if (!allowedPrivateHosts.Contains($"{endpoint.Host}:{endpoint.Port}"))
        {
            addresses = [.. addresses.Where(PublicAddress.IsPublic)];
            if (addresses.Length == 0) throw new PrivateAddressException($"{endpoint.Host} has no public address");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
