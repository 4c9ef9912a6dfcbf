using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Widget.Api.Accounts;

/// <summary>
/// Encrypted values that are accepted once, until they expire: the challenge of a second factor, the state of a passkey request, the code
/// at the end of a single sign-on. Nothing is stored until one is used.
/// </summary>
internal sealed class OneTimeCodes(IDataProtectionProvider protection, NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>Makes a code.</summary>
    /// <param name="purpose">What it is for. It is accepted for nothing else.</param>
    /// <param name="value">What it carries. Only this server can read it.</param>
    /// <param name="lifetime">How long it is valid.</param>
    public string Create<T>(string purpose, T value, TimeSpan lifetime) =>
        Protector(purpose).Protect(
            JsonSerializer.Serialize(new Sealed<T>(value, clock.GetUtcNow() + lifetime, Guid.NewGuid()), JsonSerializerOptions.Web));

    /// <summary>Reads a code without using it up. Null if it is not valid.</summary>
    public T? Read<T>(string purpose, string code)
        where T : class => Open<T>(purpose, code)?.Value;

    /// <summary>Reads a code and uses it up. Null if it is not valid or was used before.</summary>
    public async Task<T?> UseAsync<T>(string purpose, string code, CancellationToken ct)
        where T : class
    {
        if (Open<T>(purpose, code) is not { } opened) return null;
        await using var use = dataSource.CreateCommand(
            "insert into used_codes (hash, expires_at) values ($1, $2) on conflict do nothing");
        // The text of a code can be written in several ways, its id cannot.
        use.Parameters.Add(new() { Value = SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose} {opened.Id}")) });
        use.Parameters.Add(new() { Value = opened.Until });
        return await use.ExecuteNonQueryAsync(ct) == 1 ? opened.Value : null;
    }

    private Sealed<T>? Open<T>(string purpose, string code)
    {
        try
        {
            var opened = JsonSerializer.Deserialize<Sealed<T>>(Protector(purpose).Unprotect(code), JsonSerializerOptions.Web);
            return opened is not null && opened.Until > clock.GetUtcNow() ? opened : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }

    private IDataProtector Protector(string purpose) => protection.CreateProtector("Widget.OneTimeCode.v1", purpose);

    private sealed record Sealed<T>(T Value, DateTimeOffset Until, Guid Id);
}
