using System.Buffers.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Accounts.Sessions;

internal static class ProfileEndpoints
{
    public static void MapProfile(this IEndpointRouteBuilder accounts)
    {
        var me = accounts.MapGroup("/me").ProducesProblem(401);
        me.MapGet("", Read).RequireAuthorization(AccountPolicies.Session)
            .WithSummary("Get the account that is signed in, and its companies");
        me.MapPatch("", Change).RequireAuthorization(AccountPolicies.Account).Validate<AccountChanges>().WithSummary("Change your name");
        me.MapGet("/sessions", List).RequireAuthorization(AccountPolicies.Account).WithSummary("List your sessions");
        me.MapDelete("/sessions/{id:guid}", End).RequireAuthorization(AccountPolicies.Account).ProducesProblem(404)
            .WithSummary("End one of your sessions");
        me.MapDelete("/sessions", EndOthers).RequireAuthorization(AccountPolicies.Account).WithSummary("End all your other sessions");
    }

    private static async Task<Ok<AccountProfile>> Read(
        HttpContext http,
        UserManager<Account> accounts,
        MembershipReader memberships,
        CancellationToken ct) =>
        TypedResults.Ok(await ShowAsync(http, await accounts.CurrentAsync(http), accounts, memberships, ct));

    private static async Task<Ok<AccountProfile>> Change(
        AccountChanges changes,
        HttpContext http,
        UserManager<Account> accounts,
        MembershipReader memberships,
        CancellationToken ct)
    {
        var account = await accounts.CurrentAsync(http);
        account.Name = GivenText.Line(changes.Name);
        (await accounts.UpdateAsync(account)).ThrowIfFailed();
        return TypedResults.Ok(await ShowAsync(http, account, accounts, memberships, ct));
    }

    private static async Task<Ok<IReadOnlyList<SessionSummary>>> List(HttpContext http, SessionService sessions, CancellationToken ct)
    {
        var rows = await sessions.ListAsync(http.User.AccountId, ct);
        return TypedResults.Ok<IReadOnlyList<SessionSummary>>(
        [
            .. rows.Select(row => new SessionSummary(
                row.Id,
                row.Method,
                row.Device,
                row.Address,
                row.Id == http.User.SessionId,
                row.CreatedAt,
                row.LastUsedAt,
                row.ExpiresAt)),
        ]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> End(
        Guid id,
        HttpContext http,
        SessionService sessions,
        CancellationToken ct) =>
        await sessions.EndAsync(http.User.AccountId, id, ct) ? TypedResults.NoContent() : Problems.NotFound("session");

    private static async Task<NoContent> EndOthers(HttpContext http, SessionService sessions, CancellationToken ct)
    {
        await sessions.EndOthersAsync(http.User.AccountId, http.User.SessionId, ct);
        return TypedResults.NoContent();
    }

    private static async Task<AccountProfile> ShowAsync(
        HttpContext http,
        Account account,
        UserManager<Account> accounts,
        MembershipReader memberships,
        CancellationToken ct)
    {
        var passkeys = await accounts.GetPasskeysAsync(account);
        return new AccountProfile
        {
            Id = account.Id,
            Email = account.Email!,
            Name = account.Name,
            EmailConfirmed = account.EmailConfirmed,
            HasPassword = account.PasswordHash is not null,
            TwoFactor = account.TwoFactorEnabled,
            RecoveryCodesLeft = account.TwoFactorEnabled ? await accounts.CountRecoveryCodesAsync(account) : 0,
            Passkeys =
            [
                .. passkeys.OrderBy(passkey => passkey.CreatedAt).Select(passkey => new PasskeySummary(
                    Base64Url.EncodeToString(passkey.CredentialId), passkey.Name ?? "", passkey.CreatedAt)),
            ],
            Operator = account.Operator && http.User.OnlyTenant is null,
            Limited = http.User.OnlyTenant is not null,
            Memberships = await memberships.ListAsync(account.Id, http.User.OnlyTenant, ct),
        };
    }
}
