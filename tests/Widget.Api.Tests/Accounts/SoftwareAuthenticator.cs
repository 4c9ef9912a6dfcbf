using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Widget.Api.Tests.Accounts;

/// <summary>
/// A browser with a passkey (WebAuthn level 3, ES256, attestation "none"). It signs what a real one signs, for the origin that it is told.
/// </summary>
internal sealed class SoftwareAuthenticator : IDisposable
{
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;
    private const byte HasCredential = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(32);
    private string _userHandle = "";
    private uint _counter;

    /// <summary>Whether it has checked who the person is.</summary>
    public bool VerifiesUser { get; set; } = true;

    /// <summary>navigator.credentials.create</summary>
    public object Create(JsonElement options, string origin)
    {
        _userHandle = options.GetProperty("user").GetProperty("id").GetString()!;
        var rpId = options.GetProperty("rp").GetProperty("id").GetString()!;
        byte[] authData =
        [
            .. AuthenticatorData(rpId, HasCredential),
            .. new byte[16],
            0, (byte)_id.Length, .. _id,
            .. CoseKey(),
        ];
        // {"fmt": "none", "attStmt": {}, "authData": bytes}
        byte[] attestation =
        [
            0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8,
            0x59, (byte)(authData.Length >> 8), (byte)authData.Length, .. authData,
        ];
        return new
        {
            id = Base64Url.EncodeToString(_id),
            rawId = Base64Url.EncodeToString(_id),
            type = "public-key",
            authenticatorAttachment = "platform",
            clientExtensionResults = new { },
            response = new
            {
                clientDataJSON = Base64Url.EncodeToString(ClientData("webauthn.create", options, origin)),
                attestationObject = Base64Url.EncodeToString(attestation),
                transports = new[] { "internal" },
            },
        };
    }

    /// <summary>navigator.credentials.get</summary>
    public object Get(JsonElement options, string origin)
    {
        _counter++;
        var authData = AuthenticatorData(options.GetProperty("rpId").GetString()!, 0);
        var clientData = ClientData("webauthn.get", options, origin);
        var signature = _key.SignData(
            [.. authData, .. SHA256.HashData(clientData)],
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence);
        return new
        {
            id = Base64Url.EncodeToString(_id),
            rawId = Base64Url.EncodeToString(_id),
            type = "public-key",
            clientExtensionResults = new { },
            response = new
            {
                clientDataJSON = Base64Url.EncodeToString(clientData),
                authenticatorData = Base64Url.EncodeToString(authData),
                signature = Base64Url.EncodeToString(signature),
                userHandle = _userHandle,
            },
        };
    }

    public void Dispose() => _key.Dispose();

    private static byte[] ClientData(string type, JsonElement options, string origin) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new { type, challenge = options.GetProperty("challenge").GetString(), origin, crossOrigin = false }));

    private byte[] AuthenticatorData(string rpId, byte flags)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, _counter);
        return
        [
            .. SHA256.HashData(Encoding.UTF8.GetBytes(rpId)),
            (byte)(flags | UserPresent | (VerifiesUser ? UserVerified : 0)),
            .. counter,
        ];
    }

    // A COSE key: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    private byte[] CoseKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
    }
}
