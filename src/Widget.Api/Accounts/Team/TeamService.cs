using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Accounts.Mails;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts.Team;

/// <summary>What came of a change of the team.</summary>
internal enum TeamOutcome
{
    Done,

    /// <summary>There is no such member or invitation.</summary>
    NotFound,

    /// <summary>The company would have no owner.</summary>
    LastOwner,

    /// <summary>Only owners may do this.</summary>
    OwnersOnly,

    /// <summary>The person is a member already.</summary>
    AlreadyMember,

    /// <summary>There are as many members and invitations as there may be.</summary>
    TooMany,
}

/// <summary>A company's members and invitations.</summary>
internal sealed class TeamService(
    TenantDatabase database,
    Outbox outbox,
    AccountOptions options,
    IHttpContextAccessor http,
    TimeProvider clock)
{
    /// <summary>Maximum number of members and open invitations of a company.</summary>
    public const int MaxMembers = 1_000;

    private const string Prefix = "inv_";
    private const int TokenBytes = 24;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public async Task<Contracts.Team> ListAsync(TenantId tenant, Guid? you, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await database.BeginAsync(tenant, ct);
        var members = await db.Members.AsNoTracking().OrderBy(row => row.Name).ThenBy(row => row.Email).ToListAsync(ct);
        var invitations = await db.Invitations.AsNoTracking().Where(row => row.ExpiresAt > now)
            .OrderByDescending(row => row.Id)
            .ToListAsync(ct);
        return new Contracts.Team(
            [.. members.Select(row => Show(row, you))],
            [.. invitations.Select(row => Show(row))]);
    }

    /// <summary>Invites a person. The invitation is in the result if it is done.</summary>
    /// <param name="tenant">The company.</param>
    /// <param name="email">The person's address.</param>
    /// <param name="role">The role that they get.</param>
    /// <param name="invitedBy">Who invites; null for the operator.</param>
    /// <param name="ct">Cancels the invitation.</param>
    public async Task<(TeamOutcome Outcome, TeamInvitation? Invitation)> InviteAsync(
        TenantInfo tenant,
        string email,
        Role role,
        string? invitedBy,
        CancellationToken ct)
    {
        email = email.Trim().ToLowerInvariant();
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var link = options.Link("invitation", ("token", token));
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        await db.LockAsync("team", ct);
        if (await db.Members.AnyAsync(row => row.Email == email && row.AccountId != null, ct)) return (TeamOutcome.AlreadyMember, null);
        if (await db.Members.CountAsync(ct) + await db.Invitations.CountAsync(ct) >= MaxMembers) return (TeamOutcome.TooMany, null);
        await db.Invitations.Where(row => row.Email == email).ExecuteDeleteAsync(ct);
        var invitation = new InvitationRow
        {
            TenantId = tenant.TenantId,
            Id = Guid.CreateVersion7(),
            Email = email,
            Role = role,
            Hash = ApiKey.HashOf(token),
            Mailed = outbox.IsAvailable,
            InvitedBy = invitedBy ?? AccountMailWords.Of("en").Operator,
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = clock.GetUtcNow() + Lifetime,
        };
        db.Invitations.Add(invitation);
        if (outbox.IsAvailable)
        {
            var mail = AccountMailTexts.Invite(AccountMailWords.Of(http.HttpContext), email, tenant.Name, invitedBy, role, link);
            await outbox.AddAsync(db, conversation: null, clientId: null, mail, ct);
        }

        await db.CommitAsync(ct);
        return (TeamOutcome.Done, Show(invitation) with { Url = outbox.IsAvailable ? null : link });
    }

    public async Task<TeamOutcome> WithdrawAsync(TenantId tenant, Guid invitation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.Invitations.Where(row => row.Id == invitation).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted > 0 ? TeamOutcome.Done : TeamOutcome.NotFound;
    }

    /// <summary>Changes a member's role.</summary>
    /// <param name="tenant">The company.</param>
    /// <param name="member">The member.</param>
    /// <param name="role">The new role.</param>
    /// <param name="you">The member who makes the request; null for a program.</param>
    /// <param name="ct">Cancels the change.</param>
    public async Task<(TeamOutcome Outcome, TeamMember? Member)> ChangeRoleAsync(
        TenantId tenant,
        Guid member,
        Role role,
        Guid? you,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Two owners who demote each other at the same time must not both succeed.
        await db.LockAsync("team", ct);
        if (await db.Members.SingleOrDefaultAsync(row => row.Id == member, ct) is not { } row) return (TeamOutcome.NotFound, null);
        if (role != Role.Owner && await IsLastOwnerAsync(db, row, ct)) return (TeamOutcome.LastOwner, null);
        row.Role = role;
        await db.CommitAsync(ct);
        return (TeamOutcome.Done, Show(row, you));
    }

    public async Task<TeamOutcome> RemoveAsync(TenantId tenant, Guid member, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("team", ct);
        if (await db.Members.SingleOrDefaultAsync(row => row.Id == member, ct) is not { } row) return TeamOutcome.NotFound;
        if (await IsLastOwnerAsync(db, row, ct)) return TeamOutcome.LastOwner;
        db.Members.Remove(row);
        await db.CommitAsync(ct);
        return TeamOutcome.Done;
    }

    /// <summary>Finds a role by its name in requests. Null if it is not one.</summary>
    public static Role? ParseRole(string text) => text switch
    {
        "viewer" => Role.Viewer,
        "rep" => Role.Rep,
        "admin" => Role.Admin,
        "owner" => Role.Owner,
        _ => null,
    };

    private static async Task<bool> IsLastOwnerAsync(TenantDb db, Member row, CancellationToken ct) =>
        row.Role == Role.Owner && !await db.Members.AnyAsync(other => other.Role == Role.Owner && other.Id != row.Id, ct);

    private static TeamMember Show(Member row, Guid? you) => new(
        row.Id,
        row.Email,
        row.Name,
        row.Role.ToString().ToLowerInvariant(),
        row.AccountId is not null,
        row.CreatedAt)
    {
        IsYou = row.Id == you,
    };

    private static TeamInvitation Show(InvitationRow row) => new(
        row.Id,
        row.Email,
        row.Role.ToString().ToLowerInvariant(),
        row.InvitedBy,
        row.CreatedAt,
        row.ExpiresAt);
}
