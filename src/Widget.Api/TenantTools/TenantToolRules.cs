using Widget.Api.Outbound;
using Widget.Rag.Fetching;

namespace Widget.Api.TenantTools;

/// <summary>Validates what tenants' own tools have in common.</summary>
internal static class TenantToolRules
{
    /// <summary>Returns what is wrong with the address of a server; null if it is valid.</summary>
    public static string? UrlError(string url, FetchOptions fetching) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address.Scheme is "https" or "http"
        && address.UserInfo.Length == 0
        && TenantEndpoints.IsSafe(address, fetching)
            ? null
            : "url must be an https address without a user name, such as https://example.com/tools.";
}
