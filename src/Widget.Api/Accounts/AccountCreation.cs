using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.Passwords;
using Widget.Api.Mail;
using Widget.Platform.Text;

namespace Widget.Api.Accounts;

/// <summary>What came of making an account.</summary>
/// <param name="Account">The new account; null if it was refused.</param>
/// <param name="Field">The field that was refused.</param>
/// <param name="Problem">Why.</param>
internal readonly record struct NewAccount(Account? Account, string? Field = null, string? Problem = null);

/// <summary>Makes accounts.</summary>
internal sealed class AccountCreation(UserManager<Account> accounts)
{
    public const string EmailTaken = "There is already an account with this e-mail address.";

    /// <param name="email">The e-mail address.</param>
    /// <param name="name">The person's name; may be empty.</param>
    /// <param name="password">The password; null for an account that signs in with single sign-on.</param>
    /// <param name="isConfirmed">Whether it is known that the mailbox is the person's.</param>
    /// <param name="company">The company that the account is made for, whose name the password must not contain; null for none.</param>
    public async Task<NewAccount> CreateAsync(string email, string name, string? password, bool isConfirmed, string? company = null)
    {
        email = email.Trim();
        if (!MailAddress.IsValid(email)) return new(null, "email", MailAddress.Invalid);
        if (password is not null && PasswordRules.FindProblem(password, [email, name, company ?? ""]) is { } weak)
            return new(null, "password", weak);
        var account = new Account
        {
            Id = Guid.CreateVersion7(),
            UserName = email,
            Email = email,
            Name = GivenText.Line(name),
            EmailConfirmed = isConfirmed,
        };
        var result = password is null ? await accounts.CreateAsync(account) : await accounts.CreateAsync(account, password);
        if (result.Succeeded) return new(account);
        return result.PasswordProblem is { } problem ? new(null, "password", problem) : new(null, "email", EmailTaken);
    }
}
