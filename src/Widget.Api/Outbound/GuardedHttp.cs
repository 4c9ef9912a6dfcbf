using System.Net;
using Widget.Rag.Fetching;

namespace Widget.Api.Outbound;

/// <summary>
/// Connections to other services. Those that the operator names may be anywhere; those that a tenant names are reached at public addresses only,
/// checked on the address that is connected to (<c>WIDGET_FETCH_ALLOW</c> names exceptions). Nothing is redirected: a key goes where it was meant to go.
/// </summary>
public sealed class GuardedHttp(FetchOptions options) : IDisposable
{
    private readonly HttpClient _anywhere = new(Handler()) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly HttpClient _public = new(Public(options)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The client for an endpoint. It has no deadline of its own; each request has.</summary>
    /// <param name="isTenants">A tenant names it.</param>
    public HttpClient For(bool isTenants) => isTenants ? _public : _anywhere;

    /// <summary>Why a connection was refused, when it led into somebody's own network; null otherwise.</summary>
    public static string? Refusal(Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
            if (inner is FetchFailureException) return inner.Message;
        return null;
    }

    public void Dispose()
    {
        _anywhere.Dispose();
        _public.Dispose();
    }

    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };

    private static SocketsHttpHandler Public(FetchOptions options)
    {
        var handler = Handler();
        handler.UseProxy = false; // a proxy would connect for us, unchecked
        handler.ConnectCallback = (context, ct) => GuardedConnection.ConnectAsync(context.DnsEndPoint, options.AllowedPrivateHosts, ct);
        return handler;
    }
}
