using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Widget.Api.Accounts.Sessions;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts;

/// <summary>The tables of accounts. They hold no tenant's data, so they are not in the database context of tenants.</summary>
public sealed class AccountsDb(DbContextOptions<AccountsDb> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<AccountSession> Sessions => Set<AccountSession>();

    /// <summary>Makes this context's statements part of a tenant's transaction, so that both are committed together.</summary>
    public async Task JoinAsync(TenantDb tenant, CancellationToken ct)
    {
        Database.SetDbConnection(tenant.Database.GetDbConnection(), contextOwnsConnection: false);
        await Database.UseTransactionAsync(tenant.Database.CurrentTransaction!.GetDbTransaction(), ct);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var account = modelBuilder.Entity<Account>();
        account.ToTable("accounts").HasKey(row => row.Id);
        // Sign-ins are locked by e-mail address (SignInLock), and no text messages are sent.
        account.Ignore(row => row.LockoutEnd).Ignore(row => row.LockoutEnabled).Ignore(row => row.AccessFailedCount);
        account.Ignore(row => row.PhoneNumber).Ignore(row => row.PhoneNumberConfirmed);
        foreach (var required in new[]
        {
            nameof(Account.UserName), nameof(Account.NormalizedUserName), nameof(Account.Email), nameof(Account.NormalizedEmail),
            nameof(Account.SecurityStamp), nameof(Account.ConcurrencyStamp),
        })
        {
            account.Property(required).IsRequired();
        }

        account.Property(row => row.ConcurrencyStamp).IsConcurrencyToken();
        account.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var token = modelBuilder.Entity<IdentityUserToken<Guid>>();
        token.ToTable("account_tokens").HasKey(row => new { row.UserId, row.LoginProvider, row.Name });
        token.HasOne<Account>().WithMany().HasForeignKey(row => row.UserId);

        var passkey = modelBuilder.Entity<IdentityUserPasskey<Guid>>();
        passkey.ToTable("account_passkeys").HasKey(row => row.CredentialId);
        passkey.HasOne<Account>().WithMany().HasForeignKey(row => row.UserId);
        passkey.Property(row => row.Data).HasColumnType("jsonb").IsRequired().HasConversion(
            data => JsonSerializer.Serialize(data, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<IdentityPasskeyData>(text, JsonSerializerOptions.Web)!,
            new Microsoft.EntityFrameworkCore.ChangeTracking.ValueComparer<IdentityPasskeyData>(
                (one, other) => JsonSerializer.Serialize(one, JsonSerializerOptions.Web)
                    == JsonSerializer.Serialize(other, JsonSerializerOptions.Web),
                data => JsonSerializer.Serialize(data, JsonSerializerOptions.Web).GetHashCode(StringComparison.Ordinal),
                data => JsonSerializer.Deserialize<IdentityPasskeyData>(
                    JsonSerializer.Serialize(data, JsonSerializerOptions.Web), JsonSerializerOptions.Web)!));

        AccountSession.Map(modelBuilder);

        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            var name = property.Name == nameof(IdentityUserToken<>.UserId) ? nameof(AccountSession.AccountId) : property.Name;
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
        }
    }
}
