using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

#pragma warning disable IDE0130 // Key rings contain this namespace, so it must not change with the folder.
namespace Widget.Api.Platform.KeyRing;

/// <summary>
/// The decryptor under the name that key rings contain. Data protection creates it by that name, also on nodes of older versions, so the
/// name never changes (<see cref="Widget.Api.KeyRing.MasterKeyXml"/>).
/// </summary>
public sealed class MasterKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    private readonly Widget.Api.KeyRing.MasterKeyDecryptor _decryptor = new(services);

    public XElement Decrypt(XElement encryptedElement) => _decryptor.Decrypt(encryptedElement);
}
