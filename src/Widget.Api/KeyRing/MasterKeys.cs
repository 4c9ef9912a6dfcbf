using System.Security.Cryptography;
using Widget.Api.Configuration;

namespace Widget.Api.KeyRing;

/// <summary>
/// A key that is kept outside the database and encrypts the key ring in it (AES-256-GCM). Its id reveals nothing about it.
/// </summary>
public sealed class MasterKey
{
    private const int KeyLength = 32;
    private const int IdLength = 12;

    private readonly byte[] _key;

    private MasterKey(byte[] key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "Widget.MasterKey.Id"u8))[..IdLength];
    }

    /// <summary>Identifies the key. It is stored with everything that the key encrypts.</summary>
    public string Id { get; }

    /// <param name="base64">32 random bytes in Base64.</param>
    /// <returns>Null when the text is not a key.</returns>
    public static MasterKey? Parse(string base64)
    {
        Span<byte> key = stackalloc byte[KeyLength + 1];
        return Convert.TryFromBase64String(base64, key, out var length) && length == KeyLength
            ? new MasterKey(key[..length].ToArray())
            : null;
    }

    /// <returns>Nonce, ciphertext and tag, in this order.</returns>
    internal byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var (nonceLength, tagLength) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var encrypted = new byte[nonceLength + plain.Length + tagLength];
        var nonce = encrypted.AsSpan(0, nonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, tagLength);
        aes.Encrypt(nonce, plain, encrypted.AsSpan(nonceLength, plain.Length), encrypted.AsSpan(nonceLength + plain.Length), Purpose);
        return encrypted;
    }

    /// <exception cref="CryptographicException">The data was encrypted with another key, or has been changed since.</exception>
    internal byte[] Decrypt(ReadOnlySpan<byte> encrypted)
    {
        var (nonceLength, tagLength) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        if (encrypted.Length < nonceLength + tagLength)
            throw new CryptographicException("Data encrypted with the master key is truncated.");
        var plain = new byte[encrypted.Length - nonceLength - tagLength];
        using var aes = new AesGcm(_key, tagLength);
        aes.Decrypt(encrypted[..nonceLength], encrypted[nonceLength..^tagLength], encrypted[^tagLength..], plain, Purpose);
        return plain;
    }

    private static ReadOnlySpan<byte> Purpose => "Widget.KeyRing.v1"u8;
}

/// <summary>The installation's master keys: the first encrypts, all of them decrypt (WIDGET_MASTER_KEY, WIDGET_MASTER_KEY_FILE).</summary>
/// <param name="keys">In the configured order.</param>
public sealed class MasterKeys(IReadOnlyList<MasterKey> keys)
{
    internal const string Variable = "WIDGET_MASTER_KEY";
    internal const string FileVariable = "WIDGET_MASTER_KEY_FILE";

    public static MasterKeys None { get; } = new([]);

    /// <summary>The key that encrypts; null when there are no keys.</summary>
    public MasterKey? Newest => keys.Count > 0 ? keys[0] : null;

    public MasterKey? Find(string id) => keys.FirstOrDefault(key => key.Id == id);

    /// <summary>Reads one key from its variable, or one key a line from its file.</summary>
    internal static MasterKeys Read(Variables variables)
    {
        var (given, file) = (variables.Text(Variable), variables.Text(FileVariable));
        if (given is not null && file is not null) variables.Errors.Add($"Both {Variable} and {FileVariable} are set. Set one of them.");
        if (given is null && file is null) return None;
        if (given is not null) return Parse([given], Variable, variables);
        try
        {
            return Parse(File.ReadAllLines(file!), FileVariable, variables);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            variables.Errors.Add($"{FileVariable} is \"{file}\", which cannot be read: {e.Message}");
            return None;
        }
    }

    private static MasterKeys Parse(string[] lines, string name, Variables variables)
    {
        var keys = new List<MasterKey>();
        var errors = new List<string>();
        // Keys are secret, so an error names the number of a line instead of its text.
        for (var line = 0; line < lines.Length; line++)
        {
            if (lines[line].Trim() is not { Length: > 0 } text || text[0] == '#') continue;
            if (MasterKey.Parse(text) is { } key) keys.Add(key);
            else errors.Add($"{Place(line)} is not a master key: 32 random bytes in Base64, as `openssl rand -base64 32` prints.");
        }

        if (keys.Count == 0 && errors.Count == 0) errors.Add($"{name} names a file with no key. Write one key a line; the first encrypts.");
        variables.Errors.AddRange(errors);
        return new MasterKeys(keys);

        string Place(int line) => name == FileVariable ? $"{name}, line {line + 1}," : name;
    }
}
