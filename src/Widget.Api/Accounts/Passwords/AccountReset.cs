using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.Mails;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Accounts.SignIn;

namespace Widget.Api.Accounts.Passwords;

/// <summary>Sets a new password for a person who has the link of the e-mail, which proves that the mailbox is theirs.</summary>
internal sealed class AccountReset(UserManager<Account> accounts, SessionService sessions, SignInLock signInLock, AccountMails mails)
{
    public async Task<IdentityResult> ResetAsync(Account account, string token, string password, CancellationToken ct)
    {
        var wasConfirmed = account.EmailConfirmed;
        var result = await accounts.ResetPasswordAsync(account, token, password);
        if (!result.Succeeded) return result;
        // Before the address was confirmed, another person may have made the account. What they have added must not outlive the reset.
        if (!wasConfirmed) await RemoveFactorsAsync(account);
        account.EmailConfirmed = true;
        (await accounts.UpdateAsync(account)).ThrowIfFailed();
        await sessions.EndOthersAsync(account.Id, except: null, ct);
        await signInLock.ClearAsync(account.Email!, ct);
        await mails.AddAsync(AccountMailKind.PasswordChanged, account.Email!, ct);
        return result;
    }

    private async Task RemoveFactorsAsync(Account account)
    {
        foreach (var passkey in await accounts.GetPasskeysAsync(account))
            (await accounts.RemovePasskeyAsync(account, passkey.CredentialId)).ThrowIfFailed();
        if (account.TwoFactorEnabled) (await accounts.SetTwoFactorEnabledAsync(account, enabled: false)).ThrowIfFailed();
    }
}
