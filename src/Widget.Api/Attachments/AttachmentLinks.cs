using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Widget.Platform.Tenancy;

namespace Widget.Api.Attachments;

/// <summary>
/// Creates and reads the paths of files. The token is the file's id, encrypted and signed with the installation's key ring, so it cannot
/// be guessed. Pictures in a page are loaded without a header, so the path itself must give access.
/// </summary>
public sealed class AttachmentLinks(IDataProtectionProvider protection)
{
    public const string Path = "/files";
    private const int IdLength = 16;
    private const int MaxTokenLength = 1_000;

    private readonly IDataProtector _protector = protection.CreateProtector("Widget.Attachment.v1");

    public string PathOf(TenantId tenant, Guid attachment)
    {
        var ids = new byte[2 * IdLength];
        tenant.Value.TryWriteBytes(ids);
        attachment.TryWriteBytes(ids.AsSpan(IdLength));
        return $"{Path}/{Base64Url.EncodeToString(_protector.Protect(ids))}";
    }

    /// <summary>Reads the token of a path. Null if it is not one of ours.</summary>
    public (TenantId Tenant, Guid Attachment)? Read(string token)
    {
        if (token.Length > MaxTokenLength || !Base64Url.IsValid(token)) return null;
        try
        {
            var ids = _protector.Unprotect(Base64Url.DecodeFromChars(token));
            return ids.Length == 2 * IdLength
                ? (new TenantId(new Guid(ids.AsSpan(0, IdLength))), new Guid(ids.AsSpan(IdLength)))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
