using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Widget.Api.Accounts.Mails;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Accounts.SignIn;
using Widget.Api.Limits;
using Widget.Api.Mail;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Accounts.Passwords;

internal static class PasswordEndpoints
{
    private const string BadLink =
        "This link is not valid. It may have been used before, or be too old. Please ask for a new one.";

    public static void MapPasswords(this IEndpointRouteBuilder accounts)
    {
        accounts.MapPost("/me/password", Change).RequireAuthorization(AccountPolicies.Account).Validate<PasswordChange>()
            .ProducesProblem(401).ProducesProblem(423)
            .WithSummary("Change your password; all your other sessions end");
        accounts.MapPost("/me/email/confirm", SendConfirmation).RequireAuthorization(AccountPolicies.Account).ProducesProblem(401)
            .WithSummary("Send an e-mail with a link that confirms your address");
        accounts.MapPost("/password/forgot", Forgot).Validate<ForgotPasswordRequest>().AddEndpointFilter<SignInLimit>()
            .WithSummary("Send an e-mail with a link to set a new password; the answer is the same for every address");
        accounts.MapPost("/password/reset", Reset).Validate<PasswordReset>().ProducesProblem(400).AddEndpointFilter<SignInLimit>()
            .WithSummary("Set a new password with the token of the e-mail; all sessions of the account end");
        accounts.MapPost("/email/confirm", Confirm).Validate<EmailConfirmation>().ProducesProblem(400).AddEndpointFilter<SignInLimit>()
            .WithSummary("Confirm an e-mail address with the token of the e-mail");
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Change(
        PasswordChange request,
        HttpContext http,
        UserManager<Account> accounts,
        SignInService signIn,
        SessionService sessions,
        AccountMails mails,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        if (account.PasswordHash is null)
            return Problems.Create(409, "This account has no password. Set one with \"Forgot password\".");
        var (isRight, lockedUntil) = await signIn.ConfirmAsync(account, request.Current, ct);
        if (lockedUntil is not null) return SignInProblems.Refuse(http, SignInProblems.WrongPassword, lockedUntil);
        if (!isRight) return Problems.Invalid("current", "The current password is wrong.");
        var changed = await accounts.ChangePasswordAsync(account, request.Current, request.New);
        if (changed.PasswordProblem is { } problem) return Problems.Invalid("new", problem);
        changed.ThrowIfFailed();
        await sessions.EndOthersAsync(account.Id, http.User.SessionId, ct);
        await mails.AddAsync(AccountMailKind.PasswordChanged, account.Email!, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> SendConfirmation(
        HttpContext http,
        UserManager<Account> accounts,
        AccountMails mails,
        RequestLimits limits,
        MailOptions options,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        if (account.EmailConfirmed) return Problems.Create(409, "Your e-mail address is confirmed already.");
        if (!options.IsConfigured) return Problems.Create(409, "This installation sends no e-mails (WIDGET_SMTP_URL is not set).");
        if (await limits.TakeAsync(Limit.AccountMails, account.NormalizedEmail!, ct) is { } refusal) return refusal.ToProblem(http);
        await mails.AddAsync(AccountMailKind.ConfirmEmail, account.Email!, ct);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Accepted> Forgot(
        ForgotPasswordRequest request,
        AccountMails mails,
        RequestLimits limits,
        CancellationToken ct)
    {
        // A refusal would be no secret, but the answer is the same, so that people who ask twice are not confused.
        var email = request.Email.Trim();
        if (MailAddress.IsValid(email) && await limits.TakeAsync(Limit.AccountMails, email.ToUpperInvariant(), ct) is null)
            await mails.AddAsync(AccountMailKind.ResetPassword, email, ct);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Reset(
        PasswordReset request,
        UserManager<Account> accounts,
        AccountReset reset,
        CancellationToken ct)
    {
        if (await FindAsync(accounts, request.Token) is not var (account, token)) return Problems.Create(400, BadLink, "bad_link");
        var result = await reset.ResetAsync(account, token, request.Password, ct);
        if (result.PasswordProblem is { } problem) return Problems.Invalid("password", problem);
        return result.Succeeded ? TypedResults.NoContent() : Problems.Create(400, BadLink, "bad_link");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Confirm(EmailConfirmation request, UserManager<Account> accounts)
    {
        if (await FindAsync(accounts, request.Token) is not var (account, token)) return Problems.Create(400, BadLink, "bad_link");
        return (await accounts.ConfirmEmailAsync(account, token)).Succeeded
            ? TypedResults.NoContent()
            : Problems.Create(400, BadLink, "bad_link");
    }

    private static async Task<(Account Account, string Token)?> FindAsync(UserManager<Account> accounts, string link) =>
        LinkToken.Parse(link) is var (id, token) && await accounts.FindByIdAsync(id.ToString()) is { } account ? (account, token) : null;
}
