using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Widget.Testing;

/// <summary>Ports of this machine for servers that a test is about to start.</summary>
public static class FreePorts
{
    // Below the range for outgoing connections, which could take the port before the server has started.
    private const int MinPort = 15_000;
    private const int MaxPort = 30_000;

    // A locked file reserves a port across the processes of the test suites. The system releases the locks when a process ends.
    private static readonly ConcurrentDictionary<int, FileStream> Reserved = [];

    /// <summary>Returns a port that no program listens on. Each port is returned once, so concurrent tests get different ports.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(MinPort, MaxPort);
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
            if (Reserved.TryAdd(port, file)) return true;
            file.Dispose();
            return false;
        }
        catch (IOException)
        {
            // Another test or process has reserved it.
            return false;
        }
    }

    public static int[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
