using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Accounts.Mails;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Tenancy;
using Widget.Contracts;
using SignInResult = Widget.Contracts.SignInResult;

namespace Widget.Api.Accounts.Setup;

/// <summary>What came of a setup.</summary>
/// <param name="Result">The session of the first account; null if the setup was refused.</param>
/// <param name="Field">The field that was refused; null if the setup itself was.</param>
/// <param name="Problem">Why.</param>
internal readonly record struct SetupOutcome(SignInResult? Result, string? Field = null, string? Problem = null);

/// <summary>
/// Makes the installation's first account, which is the operator's, and its first tenant. Possible while there is no account.
/// </summary>
internal sealed class SetupService(
    AccountsDb accountsDb,
    UserManager<Account> accounts,
    AccountCreation creation,
    TenantCreation tenants,
    SessionService sessions,
    AccountMails mails,
    AccountOptions options)
{
    public const string Done = "This installation is set up already. Ask the owner of your company for an invitation.";

    private const int MaxSlugAttempts = 20;

    public async Task<SetupState> ReadAsync(CancellationToken ct) =>
        new(!await accountsDb.Accounts.AnyAsync(ct)) { TokenRequired = options.SetupToken is not null };

    public async Task<SetupOutcome> RunAsync(SetupRequest request, CancellationToken ct)
    {
        if (!IsToken(request.Token)) return new(null, "token", "The setup token is wrong. The operator has set it as WIDGET_SETUP_TOKEN.");
        var origins = new List<string>();
        if (request.WebAddress is { Length: > 0 } address)
        {
            var text = address.Contains("://", StringComparison.Ordinal) ? address : $"https://{address}";
            var origin = Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri)
                ? AllowedOrigin.Normalize(uri.GetLeftPart(UriPartial.Authority))
                : null;
            if (origin is null)
                return new(null, "webAddress", "webAddress is not the address of a web site, such as https://www.example.com.");
            origins.Add(origin);
        }

        if (await accountsDb.Accounts.AnyAsync(ct)) return new(null, null, Done);
        await using var tenant = await BeginTenantAsync(request.Company.Trim(), origins, ct);
        // Of several setups at the same time, one makes the first account and the others see it.
        await using (var turn = tenant.Db.Command("select pg_advisory_xact_lock(hashtext('widget setup'))"))
            await turn.ExecuteNonQueryAsync(ct);
        await accountsDb.JoinAsync(tenant.Db, ct);
        if (await accountsDb.Accounts.AnyAsync(ct)) return new(null, null, Done);
        var created = await creation.CreateAsync(
            request.Email, request.Name, request.Password, isConfirmed: false, request.Company);
        if (created.Account is not { } account) return new(null, created.Field, created.Problem);
        account.Operator = true;
        (await accounts.UpdateAsync(account)).ThrowIfFailed();
        tenant.Db.Members.Add(new Member
        {
            TenantId = tenant.TenantId,
            Id = Guid.CreateVersion7(),
            Email = account.Email!.ToLowerInvariant(),
            Name = account.Name,
            Role = Role.Owner,
            AccountId = account.Id,
        });
        var session = await sessions.BeginAsync(account.Id, SignInMethod.Setup, ct);
        await tenant.Db.CommitAsync(ct);
        await mails.AddAsync(AccountMailKind.ConfirmEmail, account.Email!, ct);
        return new(session);
    }

    private async Task<NewTenant> BeginTenantAsync(string company, IReadOnlyList<string> origins, CancellationToken ct)
    {
        var slug = TenantCreation.SlugOf(company);
        if (!Tenant.SlugPattern().IsMatch(slug)) slug = "company";
        for (var attempt = 1; attempt <= MaxSlugAttempts; attempt++)
        {
            var candidate = attempt == 1 ? slug : $"{slug}-{attempt}";
            if (await tenants.BeginAsync(candidate, company, origins, ct) is { } begun) return begun;
        }

        throw new InvalidOperationException("No slug is free.");
    }

    private bool IsToken(string? given) =>
        options.SetupToken is not { } expected
        || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(expected));
}
