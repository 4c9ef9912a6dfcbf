using Npgsql;

namespace Widget.Api.Tenancy;

/// <summary>A member's session, as requests name it.</summary>
internal static class MemberSession
{
    /// <summary>The beginning of every session's token.</summary>
    public const string Prefix = "ss_";

    /// <summary>The identifier by which the store finds the member.</summary>
    public static string Identifier(string token, string slug) => $"{token} {slug}";

    /// <summary>Returns the parts of an identifier. Null if it is not a member's.</summary>
    public static (string Token, string Slug)? Parse(string identifier) =>
        identifier.StartsWith(Prefix, StringComparison.Ordinal) && identifier.Split(' ') is [var token, var slug] ? (token, slug) : null;
}

/// <summary>What requests with sessions need besides the member.</summary>
internal sealed class MemberSessions(NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>How exactly the time of the last use is stored, so that most requests write nothing.</summary>
    public static readonly TimeSpan Precision = TimeSpan.FromMinutes(5);

    /// <summary>Records that a session is in use.</summary>
    public async Task TouchAsync(Guid session, DateTimeOffset lastUsedAt, CancellationToken ct)
    {
        if (clock.GetUtcNow() - lastUsedAt < Precision) return;
        await using var touch = dataSource.CreateCommand("update account_sessions set last_used_at = now() where id = $1");
        touch.Parameters.Add(new() { Value = session });
        await touch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Whether there is a session with this token that has not ended.</summary>
    public async Task<bool> IsValidAsync(string token, CancellationToken ct)
    {
        await using var find = dataSource.CreateCommand("select 1 from account_sessions where hash = $1 and expires_at > now()");
        find.Parameters.Add(new() { Value = ApiKey.HashOf(token) });
        return await find.ExecuteScalarAsync(ct) is not null;
    }
}
