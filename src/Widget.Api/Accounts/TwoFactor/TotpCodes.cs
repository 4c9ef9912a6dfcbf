using Microsoft.AspNetCore.Identity;
using Npgsql;
using OtpNet;

namespace Widget.Api.Accounts.TwoFactor;

/// <summary>Checks codes of authenticator apps (TOTP, RFC 6238). Each code is accepted once.</summary>
internal sealed class TotpCodes(UserManager<Account> accounts, NpgsqlDataSource dataSource, TimeProvider clock)
{
    // Clocks of phones differ: codes of the step before and after are accepted too (RFC 6238, section 5.2).
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>Whether a code is right and was not used before. If so, it is used up.</summary>
    public async Task<bool> UseAsync(Account account, string code, CancellationToken ct)
    {
        if (await accounts.GetAuthenticatorKeyAsync(account) is not { Length: > 0 } secret) return false;
        var totp = new Totp(Base32Encoding.ToBytes(secret));
        if (!totp.VerifyTotp(clock.GetUtcNow().UtcDateTime, Digits(code), out var step, Window)) return false;
        // Two requests with the same code at the same time: one of them changes the row.
        await using var use = dataSource.CreateCommand(
            "update accounts set last_totp_step = $2 where id = $1 and (last_totp_step is null or last_totp_step < $2)");
        use.Parameters.Add(new() { Value = account.Id });
        use.Parameters.Add(new() { Value = step });
        if (await use.ExecuteNonQueryAsync(ct) == 0) return false;
        account.LastTotpStep = step;
        return true;
    }

    /// <summary>The address that an authenticator app reads as a QR code.</summary>
    public static string UriOf(string secret, string email) =>
        new OtpUri(OtpType.Totp, secret, email, "Widget").ToString();

    // Apps show codes in groups.
    private static string Digits(string code) => code.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
