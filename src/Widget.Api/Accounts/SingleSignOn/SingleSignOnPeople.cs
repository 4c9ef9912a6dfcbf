using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Accounts.SingleSignOn;

/// <summary>What came of finding the person of an ID token.</summary>
/// <param name="Account">The account; null if the person was refused.</param>
/// <param name="Error">Why; one of <see cref="SingleSignOnErrors"/>.</param>
internal readonly record struct SignedOnPerson(Guid? Account, string? Error = null);

/// <summary>The errors that a redirect to the console names.</summary>
internal static class SingleSignOnErrors
{
    /// <summary>The company has no single sign-on, or its provider can't be reached.</summary>
    public const string Unavailable = "single_sign_on_unavailable";

    /// <summary>The sign-in took too long, was begun in another browser, or the provider's answer is not valid.</summary>
    public const string Failed = "single_sign_on_failed";

    /// <summary>The provider did not sign the person in.</summary>
    public const string Cancelled = "single_sign_on_cancelled";

    /// <summary>The provider does not say that the e-mail address is the person's.</summary>
    public const string Unverified = "single_sign_on_unverified";

    /// <summary>The person is not a member, and people who are not members are refused.</summary>
    public const string NotMember = "single_sign_on_not_a_member";

    /// <summary>There is an account with the address that nobody has confirmed.</summary>
    public const string Unconfirmed = "single_sign_on_unconfirmed_account";
}

/// <summary>
/// Finds the member whom a company's provider has signed in. A provider vouches for people of its own company only: the session reaches no
/// other company, whatever address the provider names (docs/decisions/0045-accounts.md).
/// </summary>
internal sealed class SingleSignOnPeople(
    TenantDatabase database,
    AccountsDb accountsDb,
    UserManager<Account> accounts,
    AccountCreation creation)
{
    private const int MaxNameLength = 200;

    public async Task<SignedOnPerson> FindAsync(TenantId tenant, Role? defaultRole, JsonWebToken token, CancellationToken ct)
    {
        var subject = token.Subject;
        if (!token.TryGetPayloadValue<string>("email", out var email) || !MailAddress.IsValid(email) || !IsVerified(token))
            return new(null, SingleSignOnErrors.Unverified);
        email = email.Trim().ToLowerInvariant();
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("team", ct);
        await accountsDb.JoinAsync(db, ct);
        var member = await db.Members.SingleOrDefaultAsync(row => row.SignOnSubject == subject, ct)
            ?? await db.Members.SingleOrDefaultAsync(row => row.Email == email, ct);
        // The address was given to another person at the provider.
        if (member is { SignOnSubject: { } known } && known != subject) return new(null, SingleSignOnErrors.NotMember);
        if (member is null)
        {
            if (defaultRole is not { } role) return new(null, SingleSignOnErrors.NotMember);
            member = new Member { TenantId = tenant, Id = Guid.CreateVersion7(), Email = email, Name = NameOf(token), Role = role };
            db.Members.Add(member);
        }

        if (member.AccountId is null)
        {
            var (account, error) = await AccountAsync(email, NameOf(token));
            if (account is not { } id) return new(null, error);
            if (await db.Members.AnyAsync(row => row.AccountId == id, ct)) return new(null, SingleSignOnErrors.NotMember);
            member.AccountId = id;
        }

        member.SignOnSubject = subject;
        if (member.Name.Length == 0) member.Name = NameOf(token);
        var signedOn = member.AccountId.Value;
        await db.CommitAsync(ct);
        return new(signedOn);
    }

    private async Task<SignedOnPerson> AccountAsync(string email, string name)
    {
        if (await accounts.FindByEmailAsync(email) is { } existing)
        {
            // Another person may have made the account, and would become a member with its password.
            return existing.EmailConfirmed ? new(existing.Id) : new(null, SingleSignOnErrors.Unconfirmed);
        }

        var created = await creation.CreateAsync(email, name, password: null, isConfirmed: true);
        return created.Account is { } account ? new(account.Id) : new(null, SingleSignOnErrors.Failed);
    }

    // Some providers send the text "true".
    private static bool IsVerified(JsonWebToken token) =>
        (token.TryGetPayloadValue<bool>("email_verified", out var isVerified) && isVerified)
        || (token.TryGetPayloadValue<string>("email_verified", out var text) && text == "true");

    private static string NameOf(JsonWebToken token) =>
        token.TryGetPayloadValue<string>("name", out var name) ? Truncation.Truncate(name.Trim(), MaxNameLength) : "";
}
