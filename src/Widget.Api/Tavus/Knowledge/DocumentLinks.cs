using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Creates and reads the links with which Tavus fetches published documents. A link is encrypted and signed, and is valid for one
/// publication and one day.
/// </summary>
public sealed class DocumentLinks(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Path = "/api/tavus/documents";

    /// <summary>Tavus detects the format of a file by the extension in its URL.</summary>
    public const string Extension = ".txt";

    /// <summary>Tavus fetches a document within minutes of its publication, so a day is enough.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int GuidLength = 16;

    private readonly IDataProtector _protector = protection.CreateProtector("Widget.TavusDocument.v1");

    /// <param name="root">The public address of this installation.</param>
    /// <param name="tenant">The document's tenant.</param>
    /// <param name="publication">The publication of the document.</param>
    public Uri Create(Uri root, TenantId tenant, TavusPublicationId publication)
    {
        var content = new byte[(2 * GuidLength) + sizeof(long)];
        tenant.Value.TryWriteBytes(content);
        publication.Value.TryWriteBytes(content.AsSpan(GuidLength));
        BitConverter.TryWriteBytes(content.AsSpan(2 * GuidLength), (clock.GetUtcNow() + Lifetime).UtcTicks);
        return new Uri($"{root.AbsoluteUri.TrimEnd('/')}{Path}/{Base64Url.EncodeToString(_protector.Protect(content))}{Extension}");
    }

    /// <summary>Null when the link is not valid or has expired.</summary>
    public (TenantId Tenant, TavusPublicationId Publication)? Read(string token)
    {
        try
        {
            var text = token.EndsWith(Extension, StringComparison.Ordinal) ? token[..^Extension.Length] : token;
            var content = _protector.Unprotect(Base64Url.DecodeFromChars(text));
            if (content.Length != (2 * GuidLength) + sizeof(long)
                || BitConverter.ToInt64(content, 2 * GuidLength) < clock.GetUtcNow().UtcTicks)
            {
                return null;
            }

            return (
                new TenantId(new Guid(content.AsSpan(0, GuidLength))),
                new TavusPublicationId(new Guid(content.AsSpan(GuidLength, GuidLength))));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
