using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>The content of a visitor's token.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Visitor">The visitor.</param>
/// <param name="Origin">The website it was issued to; null for a caller other than a browser.</param>
public sealed record VisitorTicket(TenantId Tenant, VisitorId Visitor, string? Origin);

/// <summary>
/// Creates and reads visitors' tokens. They are short-lived and bound to a site. ASP.NET Core's data protection encrypts and signs them
/// with keys that all nodes share.
/// </summary>
public sealed class VisitorTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The visitors' hub.</summary>
    public const string HubPath = "/hubs/conversation";

    // Requests to these paths may carry the token in the query, because WebSockets cannot send headers.
    private const string Hubs = "/hubs";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly object HeaderKey = new();
    private static readonly object QueryKey = new();

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Widget.VisitorToken.v1")
        .ToTimeLimitedDataProtector();

    public (string Token, DateTimeOffset ExpiresAt) Create(VisitorTicket ticket)
    {
        var expires = clock.GetUtcNow() + Lifetime;
        return (_protector.Protect(JsonSerializer.Serialize(ticket), expires), expires);
    }

    /// <summary>
    /// Returns the request's ticket. Null if the request has no token, an invalid or expired one, or tokens of two different visitors.
    /// </summary>
    public VisitorTicket? Read(HttpContext http)
    {
        var (header, query) = (OfHeader(http), OfQuery(http));
        return header is null || query is null || (header.Tenant == query.Tenant && header.Visitor == query.Visitor)
            ? header ?? query
            : null;
    }

    /// <summary>The ticket in the Authorization header.</summary>
    public VisitorTicket? OfHeader(HttpContext http) => ReadOnce(http, HeaderKey, BearerToken.Read);

    /// <summary>The ticket in a hub's query.</summary>
    public VisitorTicket? OfQuery(HttpContext http) => ReadOnce(
        http,
        QueryKey,
        request => request.Request.Path.StartsWithSegments(Hubs, StringComparison.OrdinalIgnoreCase)
            ? request.Request.Query["access_token"].ToString()
            : null);

    // Decrypts a token only once for each request.
    private VisitorTicket? ReadOnce(HttpContext http, object key, Func<HttpContext, string?> token)
    {
        if (http.Items.TryGetValue(key, out var cached)) return cached as VisitorTicket;
        var ticket = token(http) is { Length: > 0 } text && !text.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal)
            ? Read(text)
            : null;
        http.Items[key] = ticket;
        return ticket;
    }

    private VisitorTicket? Read(string token)
    {
        try
        {
            return JsonSerializer.Deserialize<VisitorTicket>(_protector.Unprotect(token));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
