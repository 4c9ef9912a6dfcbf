using System.Net;
using System.Net.Sockets;

namespace Widget.Rag.Fetching;

/// <summary>
/// Connects to hosts that tenants name, at public addresses only. The check is made on the address that is connected to, so that a second DNS
/// answer changes nothing.
/// </summary>
public static class GuardedConnection
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>, without a proxy: that would connect for us, unchecked.</summary>
    /// <param name="endpoint">Whom to connect to.</param>
    /// <param name="allowedPrivateHosts">Hosts with their ports that may be private, as <see cref="FetchOptions.AllowedPrivateHosts"/>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="FetchFailureException">The host has no public address.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, IReadOnlySet<string> allowedPrivateHosts, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(endpoint.Host, ct);
        if (!allowedPrivateHosts.Contains($"{endpoint.Host}:{endpoint.Port}"))
        {
            addresses = [.. addresses.Where(PublicAddress.IsPublic)];
            if (addresses.Length == 0)
                throw new FetchFailureException($"{endpoint.Host} is not on the public internet, so it cannot be read. The operator can allow it (WIDGET_FETCH_ALLOW).") { Failure = FetchFailure.Unreachable };
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
