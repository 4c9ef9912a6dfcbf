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

    // A locked file for each port that was given. The suites run as several processes, and the system releases the locks when one ends.
    private static readonly ConcurrentDictionary<int, FileStream> Given = [];

    /// <summary>A port that no program listens on. Each port is given once, so tests that run at the same time get others.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (!TryReserve(port)) continue;
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

    private static bool TryReserve(int port)
    {
        try
        {
            var file = new FileStream(
                Path.Combine(Path.GetTempPath(), $"widget-test-port-{port}"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose);
            if (Given.TryAdd(port, file)) return true;
            file.Dispose();
            return false;
        }
        catch (IOException)
        {
            // Another test, or another process, has it.
            return false;
        }
    }

    public static int[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
