using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Rag.Storage;

namespace Widget.Api.Visitors;

/// <summary>What a visitor's token says.</summary>
/// <param name="Tenant">Whose visitor.</param>
/// <param name="Visitor">Which.</param>
/// <param name="Origin">The web site it was given to; null for a caller that is no browser.</param>
public sealed record VisitorTicket(TenantId Tenant, VisitorId Visitor, string? Origin);

/// <summary>
/// Makes and reads visitors' tokens: short-lived, encrypted and signed by ASP.NET Core's data protection, whose keys all nodes
/// share, and bound to the site they were given to.
/// </summary>
public sealed class VisitorTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Paths under this may carry the token in the query, since a WebSocket cannot send headers.</summary>
    public const string HubPath = "/hubs/conversation";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly object Key = new();

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Widget.VisitorToken.v1").ToTimeLimitedDataProtector();

    public (string Token, DateTimeOffset ExpiresAt) Create(VisitorTicket ticket)
    {
        var expires = clock.GetUtcNow() + Lifetime;
        return (_protector.Protect(JsonSerializer.Serialize(ticket), expires), expires);
    }

    /// <summary>The request's ticket; null when it carries none, or one that has expired or is not ours.</summary>
    public VisitorTicket? Read(HttpContext http)
    {
        if (http.Items.TryGetValue(Key, out var known)) return known as VisitorTicket;
        var token = BearerToken.Read(http) ?? (http.Request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase) ? http.Request.Query["access_token"].ToString() : null);
        var ticket = string.IsNullOrEmpty(token) || token.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal) ? null : Read(token);
        http.Items[Key] = ticket;
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
