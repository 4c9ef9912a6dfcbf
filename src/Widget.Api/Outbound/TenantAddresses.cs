using System.Net;
using Widget.Platform.Outbound;
using Widget.Rag.Fetching;

namespace Widget.Api.Outbound;

/// <summary>Rules for addresses that tenants configure.</summary>
internal static class TenantAddresses
{
    /// <summary>Tells which addresses may use plain http.</summary>
    public const string Advice =
        "Plain http is allowed on this machine, such as http://localhost:8880/v1, and for hosts that WIDGET_FETCH_ALLOW names.";

    /// <summary>
    /// Whether keys and what visitors say may be sent to an address. That requires TLS, except on this machine and for hosts that the
    /// operator has allowed.
    /// </summary>
    public static bool IsSafe(Uri endpoint, FetchOptions fetching) =>
        endpoint.Scheme == Uri.UriSchemeHttps
            || endpoint.IsLoopback
            || IsAllowed(endpoint, fetching);

    /// <summary>
    /// Parses the address of a tenant's server, and refuses private IP addresses and localhost. Host names are not resolved here: if one
    /// resolves to a private address, each request to it fails.
    /// </summary>
    /// <param name="field">The request's field, for the error.</param>
    /// <param name="text">What the tenant has typed.</param>
    /// <param name="example">A valid address, for the error.</param>
    /// <param name="fetching">Names the private hosts that the operator has allowed.</param>
    /// <param name="schemes">The schemes that the caller accepts, for the error.</param>
    /// <returns>The address, or what is wrong with it.</returns>
    public static (Uri? Address, string? Error) ReadServer(
        string field,
        string text,
        string example,
        FetchOptions fetching,
        string schemes = "https")
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)
            || address is not { Scheme: "https" or "http", UserInfo: "" }
            || !IsSafe(address, fetching))
        {
            return (null, $"{field} must be an {schemes} address without a user name, such as {example}.");
        }

        return IsPrivate(address) && !IsAllowed(address, fetching)
            ? (null, $"{field} must be a public address. {address.Host} is private; the operator can allow it with WIDGET_FETCH_ALLOW.")
            : (address, null);
    }

    private static bool IsPrivate(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.DnsSafeHost, out var literal) && !PublicAddress.IsPublic(literal));

    private static bool IsAllowed(Uri address, FetchOptions fetching) =>
        fetching.AllowedPrivateHosts.Contains($"{address.Host}:{address.Port}");
}
