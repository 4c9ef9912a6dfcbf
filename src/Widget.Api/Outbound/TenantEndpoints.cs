using Widget.Rag.Fetching;

namespace Widget.Api.Outbound;

/// <summary>Rules for addresses that tenants configure.</summary>
internal static class TenantEndpoints
{
    /// <summary>What to write instead of an address that is not safe.</summary>
    public const string Advice =
        "Plain http is allowed on this machine, such as http://localhost:8880/v1, and for hosts that WIDGET_FETCH_ALLOW names.";

    /// <summary>
    /// Whether keys and what visitors say may be sent to an address. That requires TLS, except for hosts that the operator has allowed.
    /// </summary>
    public static bool IsSafe(Uri endpoint, FetchOptions fetching) =>
        endpoint.Scheme == Uri.UriSchemeHttps
            || endpoint.IsLoopback
            || fetching.AllowedPrivateHosts.Contains($"{endpoint.Host}:{endpoint.Port}");
}
