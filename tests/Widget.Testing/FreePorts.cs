using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Widget.Testing;

/// <summary>Ports of this machine for servers that a test is about to start.</summary>
public static class FreePorts
{
    // Below the range that systems use for outgoing connections. One of those could take the port before the server has started.
    private const int Lowest = 15_000;
    private const int Highest = 30_000;

    private static readonly ConcurrentDictionary<int, bool> Given = [];

    /// <summary>A port that no program listens on. A process gives each port once, so tests that run at the same time get others.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (!Given.TryAdd(port, true)) continue;
            using var probe = new TcpListener(IPAddress.IPv6Any, port) { Server = { DualMode = true } };
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program listens there.
            }
        }
    }

    public static int[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
