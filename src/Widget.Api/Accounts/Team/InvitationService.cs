using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using SignInResult = Widget.Contracts.SignInResult;

namespace Widget.Api.Accounts.Team;

/// <summary>Why an invitation could not be accepted.</summary>
internal enum AcceptanceRefusal
{
    None,

    /// <summary>The link is not valid, or the invitation was accepted, withdrawn or has expired.</summary>
    NoInvitation,

    /// <summary>There is an account with the address. The person must sign in to it first.</summary>
    SignInFirst,

    /// <summary>The request is signed in to another account.</summary>
    OtherAccount,

    /// <summary>The name or the password was refused.</summary>
    Invalid,
}

/// <summary>What came of accepting an invitation.</summary>
/// <param name="Result">The session of a new account; null if the request has one.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Field">The field that was refused.</param>
/// <param name="Problem">Why the field was refused.</param>
internal readonly record struct AcceptanceOutcome(
    SignInResult? Result,
    AcceptanceRefusal Refusal = AcceptanceRefusal.None,
    string? Field = null,
    string? Problem = null);

/// <summary>Shows and accepts invitations.</summary>
internal sealed class InvitationService(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    AccountsDb accountsDb,
    UserManager<Account> accounts,
    AccountCreation creation,
    SessionService sessions)
{
    /// <summary>Returns what a person may see of an invitation. Null if the link is not valid.</summary>
    public async Task<InvitationView?> FindAsync(string token, CancellationToken ct)
    {
        if (await LookUpAsync(token, ct) is not var (tenant, id)) return null;
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        if (await db.Invitations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        var hasAccount = await accounts.FindByEmailAsync(row.Email) is not null;
        return new InvitationView(tenant.Name, tenant.Slug, row.Email, row.Role.ToString().ToLowerInvariant(), hasAccount);
    }

    /// <summary>Accepts an invitation with the account of the request, or with a new account.</summary>
    /// <param name="token">The token in the link.</param>
    /// <param name="request">The name and the password of a new account.</param>
    /// <param name="signedIn">The account of the request; null if it is not signed in.</param>
    /// <param name="ct">Cancels without changing anything.</param>
    public async Task<AcceptanceOutcome> AcceptAsync(string token, InvitationAcceptance request, Guid? signedIn, CancellationToken ct)
    {
        if (await LookUpAsync(token, ct) is not var (tenant, id)) return new(null, AcceptanceRefusal.NoInvitation);
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        await db.LockAsync("team", ct);
        if (await db.Invitations.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } invitation)
            return new(null, AcceptanceRefusal.NoInvitation);
        // The account, the member and the session are stored together, or none of them.
        await accountsDb.JoinAsync(db, ct);
        var account = await accounts.FindByEmailAsync(invitation.Email);
        if (account is not null)
        {
            if (signedIn is null) return new(null, AcceptanceRefusal.SignInFirst);
            if (signedIn != account.Id) return new(null, AcceptanceRefusal.OtherAccount);
        }
        else if (signedIn is not null)
        {
            return new(null, AcceptanceRefusal.OtherAccount);
        }
        else
        {
            if (request.Password is not { Length: > 0 } password)
                return new(null, AcceptanceRefusal.Invalid, "password", "password is required, because it makes a new account.");
            var created = await creation.CreateAsync(
                invitation.Email, request.Name ?? "", password, invitation.Mailed, tenant.Name);
            if (created.Account is null) return new(null, AcceptanceRefusal.Invalid, created.Field, created.Problem);
            account = created.Account;
        }

        await JoinAsync(db, invitation, account, ct);
        db.Invitations.Remove(invitation);
        var session = signedIn is null ? await sessions.BeginAsync(account.Id, SignInMethod.Invitation, ct) : null;
        await db.CommitAsync(ct);
        return new(session);
    }

    private static async Task JoinAsync(TenantDb db, InvitationRow invitation, Account account, CancellationToken ct)
    {
        var member = await db.Members.SingleOrDefaultAsync(row => row.AccountId == account.Id || row.Email == invitation.Email, ct);
        if (member is null)
        {
            db.Members.Add(new Member
            {
                TenantId = db.TenantId,
                Id = Guid.CreateVersion7(),
                Email = invitation.Email,
                Name = account.Name,
                Role = invitation.Role,
                AccountId = account.Id,
            });
            return;
        }

        (member.AccountId, member.Role) = (account.Id, invitation.Role);
        if (member.Name.Length == 0) member.Name = account.Name;
    }

    private async Task<(TenantInfo Tenant, Guid Invitation)?> LookUpAsync(string token, CancellationToken ct)
    {
        await using var find = dataSource.CreateCommand("select tenant_id, slug, name, id from invitation_by_hash($1) where not suspended");
        find.Parameters.Add(new() { Value = ApiKey.HashOf(token) });
        await using var row = await find.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? (new TenantInfo(new TenantId(row.GetGuid(0)), row.GetString(1), row.GetString(2)), row.GetGuid(3))
            : null;
    }
}
