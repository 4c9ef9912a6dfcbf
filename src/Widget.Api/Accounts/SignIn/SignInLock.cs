using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Widget.Api.Accounts.SignIn;

/// <summary>
/// Locks sign-ins after too many wrong passwords or codes. It counts by the e-mail address that was typed, whether there is an account or
/// not, so that a lock does not tell which addresses have accounts. Each attempt is counted before the password is checked, so that
/// attempts at the same time are counted too. Passkeys, single sign-on and a new password by e-mail work during a lock.
/// </summary>
internal sealed class SignInLock(NpgsqlDataSource dataSource)
{
    /// <summary>Number of attempts within <see cref="Window"/> after which sign-ins are locked.</summary>
    public const int MaxAttempts = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Counts an attempt. Returns the end of the lock; null if the attempt may go on.</summary>
    public async Task<DateTimeOffset?> CountAsync(string email, CancellationToken ct)
    {
        await using var count = dataSource.CreateCommand(
            """
            insert into sign_in_failures as failure (key, failures, last_at) values ($1, 1, now())
            on conflict (key) do update set
              failures = case
                when failure.locked_until > now() then failure.failures
                when failure.locked_until is not null or failure.last_at < now() - $3::interval then 1
                else failure.failures + 1 end,
              locked_until = case
                when failure.locked_until > now() then failure.locked_until
                when failure.locked_until is not null or failure.last_at < now() - $3::interval then null
                when failure.failures >= $2 then now() + $3::interval end,
              last_at = now()
            returning locked_until
            """);
        count.Parameters.Add(new() { Value = KeyOf(email) });
        count.Parameters.Add(new() { Value = MaxAttempts });
        count.Parameters.Add(new() { Value = Window });
        await using var row = await count.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return await row.IsDBNullAsync(0, ct) ? null : row.GetFieldValue<DateTimeOffset>(0);
    }

    /// <summary>Forgets the attempts, after a sign-in or a new password.</summary>
    public async Task ClearAsync(string email, CancellationToken ct)
    {
        await using var clear = dataSource.CreateCommand("delete from sign_in_failures where key = $1");
        clear.Parameters.Add(new() { Value = KeyOf(email) });
        await clear.ExecuteNonQueryAsync(ct);
    }

    // A hash, so that the database does not keep the addresses that people type.
    private static byte[] KeyOf(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email.Trim().ToUpperInvariant()));
}
