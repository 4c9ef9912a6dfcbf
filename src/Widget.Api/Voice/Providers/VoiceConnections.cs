using System.Net;
using System.Net.Sockets;
using Widget.Rag.Ingestion.Fetching;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// Connections to providers. Where a tenant says which address, it must be a public one when it is connected to, whatever its name resolved to before,
/// unless the operator allows the host (WIDGET_FETCH_ALLOW).
/// </summary>
public sealed class VoiceConnections(FetchOptions fetching)
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    public HttpClient Client(bool guarded) => new(Handler(guarded)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>For WebSockets, too.</summary>
    public HttpMessageInvoker Invoker(bool guarded) => new(Handler(guarded));

    private SocketsHttpHandler Handler(bool guarded)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !guarded,
            AutomaticDecompression = DecompressionMethods.All,
            // Names move to other addresses; connections that live for ever would not notice.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = Connect,
        };
        if (guarded) handler.ConnectCallback = ConnectAsync;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var place = context.DnsEndPoint;
        var allowed = fetching.AllowedPrivateHosts.Contains($"{place.Host}:{place.Port}");
        var addresses = await Dns.GetHostAddressesAsync(place.Host, ct);
        var reachable = allowed ? addresses : Array.FindAll(addresses, PublicAddress.IsPublic);
        if (reachable.Length == 0) throw new HttpRequestException($"{place.Host} has no public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, place.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
