using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Widget.Api.Configuration;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Tenancy;

/// <summary>
/// The hosts of this installation: WIDGET_PUBLIC_URL, WIDGET_HOSTS, tenants' hosts under WIDGET_HOST_SUFFIX, the addresses of
/// ASPNETCORE_URLS, and loopback names. A request's Host header is checked against them, because an attacker can make a foreign name
/// resolve to this server (DNS rebinding).
/// </summary>
public sealed class OwnHosts(InstallationOptions options)
{
    private readonly HashSet<string> _configured = Hosts(options);

    private IReadOnlySet<string>? _listening;

    /// <summary>The part after the slug in tenants' own hosts; null when they have none.</summary>
    public string? TenantSuffix => options.HostSuffix;

    /// <summary>Hosts that the operator has configured, without ports. None of them is a tenant's.</summary>
    public IReadOnlySet<string> Configured => _configured;

    /// <summary>The origin of WIDGET_PUBLIC_URL, as browsers write it; null without one.</summary>
    public string? PublicOrigin { get; } = options.PublicAddress is { } address
        ? $"{address.Scheme}://{NameOf(address)}{(address.IsDefaultPort ? "" : $":{address.Port}")}"
        : null;

    /// <summary>The origin of the first address that the server listens on.</summary>
    public string ListeningOrigin { get; private set; } = "http://localhost";

    /// <summary>The origin under which browsers reach this installation: the configured one, otherwise that of the request.</summary>
    public string OriginFor(HttpContext http) => PublicOrigin ?? $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>The origin of the installation outside of requests.</summary>
    public string Origin => PublicOrigin ?? ListeningOrigin;

    /// <summary>Whether a Host header names this installation. Ports are ignored, because a proxy may listen on another port.</summary>
    public bool Serves(HostString host)
    {
        // Some clients send a fully qualified name with its final dot.
        var name = host.Host.TrimEnd('.');
        return IsLoopback(name)
            || _configured.Contains(name)
            || TenantHosts.Slug(name, TenantSuffix) is not null
            || _listening?.Contains(name) == true;
    }

    /// <summary>Adds the addresses that the server listens on. Call it when the server has started to listen.</summary>
    public void AddListeningAddresses(IServer server)
    {
        BindingAddress[] addresses = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddress.Parse)];
        _listening = addresses.Select(address => address.Host).Where(host => !IsAny(host)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (addresses is [var first, ..])
            ListeningOrigin = $"{first.Scheme}://{(IsAny(first.Host) ? "localhost" : first.Host)}:{first.Port}";
    }

    private static bool IsAny(string host) =>
        host is "*" or "+" || (IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));

    // A loopback name always means the local machine, so an attacker cannot point it at this server.
    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static HashSet<string> Hosts(InstallationOptions options)
    {
        var hosts = options.Hosts.Select(host => new HostString(host).Host).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (options.PublicAddress is { } address) hosts.Add(NameOf(address));
        return hosts;
    }

    private static string NameOf(Uri address) => address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
}

/// <summary>Marks an endpoint that answers under any host, because health probes use any address of the node.</summary>
public sealed class AnyHost
{
    public static AnyHost Instance { get; } = new();
}

/// <summary>Refuses requests for unknown hosts, before any other code uses the host.</summary>
internal sealed class HostMiddleware(RequestDelegate next, OwnHosts hosts)
{
    public Task InvokeAsync(HttpContext context) =>
        hosts.Serves(context.Request.Host) || context.GetEndpoint()?.Metadata.GetMetadata<AnyHost>() is not null
            ? next(context)
            : Problems.WriteAsync(
                context,
                StatusCodes.Status421MisdirectedRequest,
                "This server does not answer under the host of this request. "
                + "The operator configures its hosts with WIDGET_PUBLIC_URL and WIDGET_HOSTS.");
}
