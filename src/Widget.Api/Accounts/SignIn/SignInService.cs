using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Accounts.TwoFactor;
using Widget.Contracts;
using SignInResult = Widget.Contracts.SignInResult;

namespace Widget.Api.Accounts.SignIn;

/// <summary>What came of an attempt to sign in.</summary>
/// <param name="Result">The answer; null if the attempt was refused.</param>
/// <param name="LockedUntil">The end of a lock; null if the password or code was wrong.</param>
internal readonly record struct SignInOutcome(SignInResult? Result, DateTimeOffset? LockedUntil = null);

/// <summary>Signs people in with a password and, if they have one, a second factor.</summary>
internal sealed class SignInService(
    UserManager<Account> accounts,
    SessionService sessions,
    SignInLock signInLock,
    TotpCodes totp,
    OneTimeCodes codes)
{
    private const string ChallengePurpose = "two-factor";
    private static readonly TimeSpan ChallengeLifetime = TimeSpan.FromMinutes(5);

    // The hash of a random password. Checking it takes as long as checking an account's.
    private static readonly Account Nobody = new() { UserName = "nobody" };
    private static readonly string NobodysHash = new PasswordHasher<Account>().HashPassword(Nobody, Guid.NewGuid().ToString());

    /// <summary>
    /// The first step. An address without an account, an account without a password and a wrong password have the same answer, after the
    /// same work.
    /// </summary>
    public async Task<SignInOutcome> SignInAsync(string email, string password, CancellationToken ct)
    {
        if (await signInLock.CountAsync(email, ct) is { } until) return new(null, until);
        if (await VerifiedAsync(email, password) is not { } account) return default;
        if (account.TwoFactorEnabled)
        {
            var challenge = new Challenge(account.Id, account.SecurityStamp!);
            return new(new SignInResult(SignInResult.TwoFactor)
            {
                Challenge = codes.Create(ChallengePurpose, challenge, ChallengeLifetime),
            });
        }

        return new(await FinishAsync(account, ct));
    }

    /// <summary>The second step: a code of the authenticator app, or a recovery code.</summary>
    public async Task<SignInOutcome> SignInAsync(TwoFactorRequest request, CancellationToken ct)
    {
        // A wrong code does not use the challenge up, so that a mistyped code can be corrected.
        if (codes.Read<Challenge>(ChallengePurpose, request.Challenge) is not { } challenge) return default;
        if (await accounts.FindByIdAsync(challenge.Account.ToString()) is not { } account) return default;
        if (await signInLock.CountAsync(account.Email!, ct) is { } until) return new(null, until);
        // The password was changed, or the second factor was turned off, after the first step.
        if (account.SecurityStamp != challenge.Stamp || !account.TwoFactorEnabled) return default;
        if (!await totp.UseAsync(account, request.Code, ct)
            && !(await accounts.RedeemTwoFactorRecoveryCodeAsync(account, request.Code.Trim().ToUpperInvariant())).Succeeded)
        {
            return default;
        }

        return await codes.UseAsync<Challenge>(ChallengePurpose, request.Challenge, ct) is null
            ? default
            : new(await FinishAsync(account, ct));
    }

    /// <summary>Whether the password is the account's. Counts as an attempt.</summary>
    public async Task<(bool IsRight, DateTimeOffset? LockedUntil)> ConfirmAsync(Account account, string password, CancellationToken ct)
    {
        if (await signInLock.CountAsync(account.Email!, ct) is { } until) return (false, until);
        if (!await accounts.CheckPasswordAsync(account, password)) return (false, null);
        await signInLock.ClearAsync(account.Email!, ct);
        return (true, null);
    }

    private async Task<SignInResult> FinishAsync(Account account, CancellationToken ct)
    {
        await signInLock.ClearAsync(account.Email!, ct);
        return await sessions.BeginAsync(account.Id, SignInMethod.Password, ct);
    }

    private async Task<Account?> VerifiedAsync(string email, string password)
    {
        var account = await accounts.FindByEmailAsync(email.Trim());
        if (account?.PasswordHash is null)
        {
            accounts.PasswordHasher.VerifyHashedPassword(Nobody, NobodysHash, password);
            return null;
        }

        return await accounts.CheckPasswordAsync(account, password) ? account : null;
    }

    private sealed record Challenge(Guid Account, string Stamp);
}
