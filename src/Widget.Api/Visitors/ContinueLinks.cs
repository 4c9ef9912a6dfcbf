using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>
/// Links in e-mails that continue a conversation on the hosted page. The token is the conversation's id, encrypted and signed with the
/// installation's key ring, and expires. The widget sends the address of its page when it opens a session, and the token is read from it,
/// so the page needs no script of its own.
/// </summary>
public sealed class ContinueLinks(IDataProtectionProvider protection, OwnHosts hosts, TimeProvider clock)
{
    /// <summary>How long a link works. Afterwards it opens the hosted page without the conversation.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private const string Parameter = "continue";
    private const int IdLength = 16;

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Widget.ContinueLink.v1")
        .ToTimeLimitedDataProtector();

    /// <summary>Returns the address of the hosted page with the conversation. Null if WIDGET_PUBLIC_URL is not set.</summary>
    public string? AddressOf(TenantId tenant, string slug, ConversationId conversation)
    {
        if (hosts.PublicOrigin is not { } origin) return null;
        var ids = new byte[2 * IdLength];
        tenant.Value.TryWriteBytes(ids);
        conversation.Value.TryWriteBytes(ids.AsSpan(IdLength));
        var token = Base64Url.EncodeToString(_protector.Protect(ids, clock.GetUtcNow() + Lifetime));
        return $"{origin}/widget/{slug}?{Parameter}={token}";
    }

    /// <summary>Returns the conversation that a page's address continues. Null if there is none, or if its token is not valid.</summary>
    public ConversationId? Read(TenantId tenant, string? page)
    {
        if (page is null || !Uri.TryCreate(page, UriKind.Absolute, out var address)) return null;
        var token = QueryHelpers.ParseQuery(address.Query).GetValueOrDefault(Parameter).ToString();
        if (token.Length == 0 || !Base64Url.IsValid(token)) return null;
        try
        {
            var ids = _protector.Unprotect(Base64Url.DecodeFromChars(token));
            return ids.Length == 2 * IdLength && new Guid(ids.AsSpan(0, IdLength)) == tenant.Value
                ? new ConversationId(new Guid(ids.AsSpan(IdLength)))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Removes the token from a page's address, so that it is neither stored nor shown.</summary>
    public static string? WithoutToken(string? page)
    {
        if (page is null || !page.Contains($"{Parameter}=", StringComparison.Ordinal)) return page;
        if (!Uri.TryCreate(page, UriKind.Absolute, out var address)) return page;
        var query = QueryHelpers.ParseQuery(address.Query).Where(entry => entry.Key != Parameter);
        return QueryHelpers.AddQueryString(address.GetLeftPart(UriPartial.Path), query) + address.Fragment;
    }
}
