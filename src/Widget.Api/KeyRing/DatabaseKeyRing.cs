using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Widget.Api.KeyRing;

/// <summary>
/// Keeps the data protection keys in the database, so that every node can read the other nodes' tokens, also after a restart. If a master
/// key is configured, the secret parts of these keys are encrypted with it; the master key is not in the database.
/// </summary>
public sealed class DatabaseKeyRing(NpgsqlDataSource dataSource, MasterKeys masterKeys) : IXmlRepository
{
    /// <exception cref="CryptographicException">
    /// A master key is missing. Data protection would skip the keys that it cannot read and create a new one, which would invalidate all
    /// tokens and secrets.
    /// </exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = dataSource.CreateCommand("select xml from data_protection_keys order by created_at");
        using var rows = command.ExecuteReader();
        var elements = new List<XElement>();
        while (rows.Read()) elements.Add(XElement.Parse(rows.GetString(0)));
        return MissingKeys(elements) is { Count: > 0 } missing ? throw new CryptographicException(MasterKeyXml.Missing(missing)) : elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = dataSource.CreateCommand("insert into data_protection_keys (name, xml) values ($1, $2)");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = MasterKeyXml.ToText(element) });
        command.ExecuteNonQuery();
    }

    /// <summary>Describes why the ring cannot be read with the configured master keys. Null if it can be read.</summary>
    public async Task<string?> ProblemAsync(CancellationToken ct)
    {
        var elements = await ReadAsync(ct);
        if (MissingKeys(elements) is { Count: > 0 } missing) return MasterKeyXml.Missing(missing);
        try
        {
            var decryptor = new MasterKeyDecryptor(masterKeys);
            foreach (var encrypted in elements.SelectMany(MasterKeyXml.Encrypted)) decryptor.Decrypt(encrypted);
            return null;
        }
        catch (CryptographicException e)
        {
            return e.Message;
        }
    }

    /// <summary>Describes what the operator should do to protect the ring. Null if there is nothing to do.</summary>
    public async Task<string?> WarningAsync(CancellationToken ct)
    {
        if (masterKeys.Newest is null)
        {
            return $"{MasterKeys.Variable} is not set, so the keys that encrypt tokens and tenants' secrets are unencrypted "
                + "in the same database. Anyone with a copy of the database can read the secrets. "
                + "See \"The master key\" in docs/production.md.";
        }

        var plain = (await ReadAsync(ct)).Sum(element => MasterKeyXml.Plain(element).Count);
        return plain == 0 ? null : $"{plain} keys of the key ring are not encrypted with the master key yet. Run `widget keys rotate`.";
    }

    private List<string> MissingKeys(IEnumerable<XElement> elements) =>
        [
            .. elements.SelectMany(MasterKeyXml.Encrypted)
                .Select(MasterKeyXml.IdOf)
                .Distinct(StringComparer.Ordinal)
                .Where(id => masterKeys.Find(id) is null),
        ];

    private async Task<List<XElement>> ReadAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select xml from data_protection_keys order by created_at");
        await using var rows = await command.ExecuteReaderAsync(ct);
        var elements = new List<XElement>();
        while (await rows.ReadAsync(ct)) elements.Add(XElement.Parse(rows.GetString(0)));
        return elements;
    }
}
