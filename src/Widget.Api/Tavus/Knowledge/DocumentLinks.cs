using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Makes and reads the links by which Tavus fetches a published document: encrypted and signed, for one publication, for a day. Whoever
/// does not have one finds nothing.
/// </summary>
public sealed class DocumentLinks(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Path = "/api/tavus/documents";

    /// <summary>Tavus knows files by what their addresses end in.</summary>
    public const string Ending = ".txt";

    /// <summary>Tavus fetches a document when it is handed over, and takes minutes for it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int GuidLength = 16;

    private readonly IDataProtector _protector = protection.CreateProtector("Widget.TavusDocument.v1");

    /// <param name="root">This installation as Tavus reaches it.</param>
    /// <param name="tenant">Whose document.</param>
    /// <param name="publication">Which.</param>
    public Uri Create(Uri root, TenantId tenant, TavusPublicationId publication)
    {
        var said = new byte[(2 * GuidLength) + sizeof(long)];
        tenant.Value.TryWriteBytes(said);
        publication.Value.TryWriteBytes(said.AsSpan(GuidLength));
        BitConverter.TryWriteBytes(said.AsSpan(2 * GuidLength), (clock.GetUtcNow() + Lifetime).UtcTicks);
        return new Uri($"{root.AbsoluteUri.TrimEnd('/')}{Path}/{Base64Url.EncodeToString(_protector.Protect(said))}{Ending}");
    }

    /// <summary>Null for what is no link of ours, or one that has expired.</summary>
    public (TenantId Tenant, TavusPublicationId Publication)? Read(string token)
    {
        try
        {
            var text = token.EndsWith(Ending, StringComparison.Ordinal) ? token[..^Ending.Length] : token;
            var said = _protector.Unprotect(Base64Url.DecodeFromChars(text));
            if (said.Length != (2 * GuidLength) + sizeof(long) || BitConverter.ToInt64(said, 2 * GuidLength) < clock.GetUtcNow().UtcTicks)
                return null;
            return (new TenantId(new Guid(said.AsSpan(0, GuidLength))), new TavusPublicationId(new Guid(said.AsSpan(GuidLength, GuidLength))));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
