using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Accounts.TwoFactor;

internal static class TwoFactorEndpoints
{
    private const int RecoveryCodeCount = 10;

    public static void MapTwoFactor(this IEndpointRouteBuilder accounts)
    {
        var twoFactor = accounts.MapGroup("/me/two-factor").RequireAuthorization(AccountPolicies.Account)
            .ProducesProblem(401).ProducesProblem(409);
        twoFactor.MapPost("/start", Start).WithSummary("Begin to set up an authenticator app: get its secret");
        twoFactor.MapPost("/confirm", Confirm).Validate<TwoFactorConfirmation>()
            .WithSummary("Turn the second factor on with a code of the app; get recovery codes");
        twoFactor.MapPost("/recovery-codes", NewCodes).Validate<PasswordConfirmation>().ProducesProblem(423)
            .WithSummary("Replace the recovery codes");
        twoFactor.MapDelete("", Remove).Validate<PasswordConfirmation>().ProducesProblem(423)
            .WithSummary("Turn the second factor off");
    }

    private static async Task<Results<Ok<TwoFactorSecret>, ProblemHttpResult>> Start(HttpContext http, UserManager<Account> accounts)
    {
        var account = await accounts.CurrentAsync(http);
        if (account.TwoFactorEnabled) return Problems.Create(409, "The second factor is on already. Turn it off first.");
        (await accounts.ResetAuthenticatorKeyAsync(account)).ThrowIfFailed();
        var secret = (await accounts.GetAuthenticatorKeyAsync(account))!;
        return TypedResults.Ok(new TwoFactorSecret(secret, TotpCodes.UriOf(secret, account.Email!)));
    }

    private static async Task<Results<Ok<RecoveryCodeList>, ValidationProblem, ProblemHttpResult>> Confirm(
        TwoFactorConfirmation request,
        HttpContext http,
        UserManager<Account> accounts,
        TotpCodes totp,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        if (account.TwoFactorEnabled) return Problems.Create(409, "The second factor is on already.");
        if (!await totp.UseAsync(account, request.Code, ct))
            return Problems.Invalid("code", "The code is wrong. Check that the clock of your phone is right.");
        (await accounts.SetTwoFactorEnabledAsync(account, enabled: true)).ThrowIfFailed();
        return TypedResults.Ok(await CodesAsync(account, accounts));
    }

    private static async Task<Results<Ok<RecoveryCodeList>, ValidationProblem, ProblemHttpResult>> NewCodes(
        PasswordConfirmation request,
        HttpContext http,
        UserManager<Account> accounts,
        SignInService signIn,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        if (!account.TwoFactorEnabled) return Problems.Create(409, "The second factor is off.");
        var (isRight, lockedUntil) = await signIn.ConfirmAsync(account, request.Password, ct);
        if (lockedUntil is not null) return SignInProblems.Refuse(http, SignInProblems.WrongPassword, lockedUntil);
        return isRight
            ? TypedResults.Ok(await CodesAsync(account, accounts))
            : Problems.Invalid("password", "The password is wrong.");
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Remove(
        [Microsoft.AspNetCore.Mvc.FromBody] PasswordConfirmation request,
        HttpContext http,
        UserManager<Account> accounts,
        SignInService signIn,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        if (!account.TwoFactorEnabled) return Problems.Create(409, "The second factor is off already.");
        var (isRight, lockedUntil) = await signIn.ConfirmAsync(account, request.Password, ct);
        if (lockedUntil is not null) return SignInProblems.Refuse(http, SignInProblems.WrongPassword, lockedUntil);
        if (!isRight) return Problems.Invalid("password", "The password is wrong.");
        (await accounts.SetTwoFactorEnabledAsync(account, enabled: false)).ThrowIfFailed();
        return TypedResults.NoContent();
    }

    private static async Task<RecoveryCodeList> CodesAsync(Account account, UserManager<Account> accounts) =>
        new([.. (await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodeCount))!]);
}
