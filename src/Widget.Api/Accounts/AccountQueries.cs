using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Web;

namespace Widget.Api.Accounts;

/// <summary>The account was changed or deleted while a request was handled.</summary>
internal sealed class AccountChangedException(string message) : ConflictException("account", message);

/// <summary>What several endpoints of accounts need.</summary>
internal static class AccountQueries
{
    extension(UserManager<Account> accounts)
    {
        /// <summary>The account of an authorized request.</summary>
        public async Task<Account> CurrentAsync(HttpContext http) =>
            await accounts.FindByIdAsync(http.User.AccountId.ToString())
            ?? throw new AccountChangedException("The account was deleted.");
    }

    extension(IdentityResult result)
    {
        /// <summary>Throws if Identity refused a change that no rule for people refuses.</summary>
        /// <exception cref="AccountChangedException">The account was changed by another request at the same time.</exception>
        public void ThrowIfFailed()
        {
            if (result.Succeeded) return;
            if (result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure)))
                throw new AccountChangedException("The account was changed by another request at the same time. Please try again.");
            throw new InvalidOperationException(string.Join(' ', result.Errors.Select(error => error.Code)));
        }

        /// <summary>Why the password was refused. Null if it was not.</summary>
        public string? PasswordProblem => result.Errors.FirstOrDefault(error => error.Code == "Password")?.Description;
    }
}
