using System.Security.Cryptography;
using System.Xml.Linq;
using Npgsql;
using Widget.Api.KeyRing;

namespace Widget.Api.Operations;

/// <summary>The result of a rotation.</summary>
/// <param name="MasterKey">The id of the newest master key.</param>
/// <param name="Encrypted">Number of keys that were not encrypted before.</param>
/// <param name="Rotated">Number of keys that were encrypted with another master key.</param>
/// <param name="Unchanged">Number of keys that were left as they are.</param>
public sealed record RotatedKeyRing(string MasterKey, int Encrypted, int Rotated, int Unchanged);

/// <summary>
/// Re-encrypts the keys of the key ring. Data that is encrypted with those keys, such as tokens and tenants' secrets, does not change.
/// </summary>
internal sealed class KeyRingRotation(NpgsqlDataSource owner, MasterKeys masterKeys)
{
    /// <summary>Encrypts all keys of the ring with the newest master key.</summary>
    /// <param name="onlyPlain">Whether to leave keys that are encrypted with another master key as they are.</param>
    /// <param name="ct">Cancels without changing anything.</param>
    /// <exception cref="OperatorException">No master key is set, or one that the ring is encrypted with is missing.</exception>
    public async Task<RotatedKeyRing> RotateAsync(bool onlyPlain, CancellationToken ct)
    {
        var newest = masterKeys.Newest
            ?? throw new OperatorException(
                $"Neither {MasterKeys.Variable} nor {MasterKeys.FileVariable} is set. One of them gives the master key to encrypt with.");
        var (encryptor, decryptor) = (new MasterKeyEncryptor(newest), new MasterKeyDecryptor(masterKeys));
        var (encrypted, rotated, unchanged) = (0, 0, 0);
        await using var connection = await owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var (name, element) in await ReadAsync(connection, ct))
        {
            var before = (encrypted, rotated);
            foreach (var plain in MasterKeyXml.Plain(element))
            {
                plain.ReplaceWith(MasterKeyXml.Wrap(encryptor.Encrypt(plain)));
                encrypted++;
            }

            // Includes the keys that were just encrypted with the newest master key.
            foreach (var sealedPart in MasterKeyXml.Encrypted(element))
            {
                if (MasterKeyXml.IdOf(sealedPart) == newest.Id || onlyPlain) continue;
                sealedPart.Parent!.ReplaceWith(MasterKeyXml.Wrap(encryptor.Encrypt(Decrypt(decryptor, sealedPart))));
                rotated++;
            }

            if (before == (encrypted, rotated)) unchanged += MasterKeyXml.Encrypted(element).Count;
            else await SaveAsync(connection, name, element, ct);
        }

        await transaction.CommitAsync(ct);
        return new RotatedKeyRing(newest.Id, encrypted, rotated, unchanged);
    }

    private static XElement Decrypt(MasterKeyDecryptor decryptor, XElement encrypted)
    {
        try
        {
            return decryptor.Decrypt(encrypted);
        }
        catch (CryptographicException e)
        {
            throw new OperatorException($"{e.Message} Nothing has been changed.");
        }
    }

    private static async Task<List<(string Name, XElement Element)>> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select name, xml from data_protection_keys order by created_at for update",
            connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var elements = new List<(string, XElement)>();
        while (await rows.ReadAsync(ct)) elements.Add((rows.GetString(0), XElement.Parse(rows.GetString(1))));
        return elements;
    }

    private static async Task SaveAsync(NpgsqlConnection connection, string name, XElement element, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update data_protection_keys set xml = $2 where name = $1", connection);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = MasterKeyXml.ToText(element) });
        await command.ExecuteNonQueryAsync(ct);
    }
}
