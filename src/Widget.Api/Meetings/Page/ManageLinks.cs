using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings.Page;

/// <summary>A link with which a visitor changes a meeting.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Meeting">The meeting.</param>
internal sealed record ManageLink(TenantId Tenant, MeetingId Meeting);

/// <summary>
/// Creates and reads the addresses of visitors' meetings. The token in the address is the meeting's id, encrypted and signed with the
/// installation's key ring, so it cannot be guessed, and the database contains nothing that opens the page.
/// </summary>
internal sealed class ManageLinks(IDataProtectionProvider protection, OwnHosts hosts)
{
    public const string Path = "/widget/meetings";
    private const int IdLength = 16;
    private const int MaxTokenLength = 1_000;

    private readonly IDataProtector _protector = protection.CreateProtector("Widget.MeetingLink.v1");

    /// <summary>Returns the absolute address of a meeting's page.</summary>
    /// <param name="link">The meeting.</param>
    /// <param name="origin">The origin of our pages, from <see cref="OriginOf"/>.</param>
    public string AddressOf(ManageLink link, string origin)
    {
        Span<byte> ids = stackalloc byte[2 * IdLength];
        link.Tenant.Value.TryWriteBytes(ids);
        link.Meeting.Value.TryWriteBytes(ids[IdLength..]);
        return $"{origin}{Path}/{Base64Url.EncodeToString(_protector.Protect(ids.ToArray()))}";
    }

    /// <summary>The origin of our pages where there is no request: the configured one, or an address that this node listens on.</summary>
    public string OwnOrigin => hosts.PublicOrigin ?? hosts.ListeningOrigin;

    /// <summary>The origin of our pages: the configured one, or that of the request.</summary>
    public string OriginOf(HttpContext http) => hosts.PublicOrigin ?? $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>Reads the token of an address. Null if it is not one of ours.</summary>
    public ManageLink? Read(string token)
    {
        if (token.Length > MaxTokenLength || !Base64Url.IsValid(token)) return null;
        try
        {
            var ids = _protector.Unprotect(Base64Url.DecodeFromChars(token));
            return ids.Length == 2 * IdLength
                ? new ManageLink(new TenantId(new Guid(ids.AsSpan(0, IdLength))), new MeetingId(new Guid(ids.AsSpan(IdLength))))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
