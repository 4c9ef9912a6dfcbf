using Microsoft.EntityFrameworkCore;

namespace Widget.Api.Accounts.Sessions;

/// <summary>How a session began.</summary>
internal static class SignInMethod
{
    public const string Password = "password";
    public const string Passkey = "passkey";
    public const string SingleSignOn = "single-sign-on";
    public const string Invitation = "invitation";
    public const string Setup = "setup";
}

/// <summary>A session of an account. Only the hash of its token is stored.</summary>
public sealed class AccountSession
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>SHA-256 of the token. The token has 256 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>One of <see cref="SignInMethod"/>.</summary>
    public required string Method { get; init; }

    /// <summary>The one tenant that the session reaches, if it began with that tenant's single sign-on; null for all.</summary>
    public Guid? OnlyTenantId { get; init; }

    /// <summary>The program that signed in, as its User-Agent header says.</summary>
    public string? Device { get; init; }

    public string? Address { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var session = model.Entity<AccountSession>();
        session.ToTable("account_sessions").HasKey(row => row.Id);
        session.HasOne<Account>().WithMany().HasForeignKey(row => row.AccountId);
        session.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        session.Property(row => row.LastUsedAt).HasDefaultValueSql("now()");
    }
}
