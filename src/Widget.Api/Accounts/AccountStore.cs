using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace Widget.Api.Accounts;

/// <summary>
/// Identity's store on the tables of accounts. It encrypts the secret of the second factor and the recovery codes, so that a copy of the
/// database is no second factor.
/// </summary>
internal sealed class AccountStore(AccountsDb db, IDataProtectionProvider protection, IdentityErrorDescriber? describer = null)
    : UserOnlyStore<Account, AccountsDb, Guid, IdentityUserClaim<Guid>, IdentityUserLogin<Guid>, IdentityUserToken<Guid>,
        IdentityUserPasskey<Guid>>(db, describer)
{
    public override Task SetTokenAsync(
        Account user,
        string loginProvider,
        string name,
        string? value,
        CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : Protector(user, name).Protect(value), cancellationToken);

    public override async Task<string?> GetTokenAsync(
        Account user,
        string loginProvider,
        string name,
        CancellationToken cancellationToken)
    {
        if (await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is not { } stored) return null;
        try
        {
            return Protector(user, name).Unprotect(stored);
        }
        catch (CryptographicException)
        {
            // The installation's keys can no longer decrypt it. Then no code is right.
            return null;
        }
    }

    private IDataProtector Protector(Account user, string name) =>
        protection.CreateProtector("Widget.AccountToken.v1", user.Id.ToString(), name);
}
