using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Widget.Api.KeyRing;

/// <summary>Encrypts the secret part of a key in the key ring, for ASP.NET Core's data protection.</summary>
internal sealed class MasterKeyEncryptor(MasterKey key) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement(
            MasterKeyXml.Element,
            new XAttribute(MasterKeyXml.KeyId, key.Id),
            Convert.ToBase64String(key.Encrypt(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))))),
        typeof(MasterKeyDecryptor));
}

/// <summary>Decrypts what <see cref="MasterKeyEncryptor"/> has encrypted.</summary>
public sealed class MasterKeyDecryptor : IXmlDecryptor
{
    private readonly MasterKeys _keys;

    public MasterKeyDecryptor(IServiceProvider services) => _keys = services.GetRequiredService<MasterKeys>();

    internal MasterKeyDecryptor(MasterKeys keys) => _keys = keys;

    public XElement Decrypt(XElement encryptedElement)
    {
        var id = MasterKeyXml.IdOf(encryptedElement);
        var key = _keys.Find(id) ?? throw new CryptographicException(MasterKeyXml.Missing([id]));
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(key.Decrypt(Convert.FromBase64String(encryptedElement.Value))));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new CryptographicException(
                $"A key in the key ring can't be decrypted with its master key {id}. It was changed in the database.",
                e);
        }
    }
}

/// <summary>The XML of the key ring: data protection's own format, with our element inside each encrypted secret.</summary>
internal static class MasterKeyXml
{
    public const string Element = "masterKeyEncrypted";
    public const string KeyId = "keyId";

    private static readonly XNamespace Framework = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName Decryptor = "decryptorType";

    // Stored in key rings, without the version of the assembly, so that nodes of all versions can read them (StoredDecryptor.cs).
    private const string DecryptorName = "Widget.Api.Platform.KeyRing.MasterKeyDecryptor, Widget.Api";

    /// <summary>The secrets in an element that are encrypted with a master key.</summary>
    public static IReadOnlyList<XElement> Encrypted(XElement element) =>
        [.. element.DescendantsAndSelf(Framework + "encryptedSecret").Select(secret => secret.Element(Element)).OfType<XElement>()];

    /// <summary>The secrets in an element that are not encrypted.</summary>
    public static IReadOnlyList<XElement> Plain(XElement element) =>
        [.. element.DescendantsAndSelf().Where(part => (string?)part.Attribute(Framework + "requiresEncryption") == "true")];

    public static string IdOf(XElement encrypted) => (string?)encrypted.Attribute(KeyId) ?? "";

    /// <summary>Returns an encrypted secret in the element that data protection expects around it.</summary>
    public static XElement Wrap(EncryptedXmlInfo encrypted) =>
        new(Framework + "encryptedSecret", new XAttribute(Decryptor, DecryptorName), encrypted.EncryptedElement);

    /// <summary>Returns the text of an element for the database, with the decryptor's stored name.</summary>
    public static string ToText(XElement element)
    {
        var stored = new XElement(element);
        foreach (var encrypted in Encrypted(stored)) encrypted.Parent!.SetAttributeValue(Decryptor, DecryptorName);
        return stored.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The error when master keys are missing.</summary>
    public static string Missing(IEnumerable<string> ids) =>
        $"The key ring in the database is encrypted with master key {string.Join(" and ", ids)}, "
        + $"which is not among those of {MasterKeys.Variable} or {MasterKeys.FileVariable}. Add it there, after the newest.";
}
