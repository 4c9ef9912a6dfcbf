using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Meetings.Reps;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>The reps who answer visitors. They are the same people with whom visitors book meetings.</summary>
internal sealed class InboxReps(RepService reps, TenantDatabase database)
{
    /// <summary>The error for an id that is no rep's.</summary>
    public const string Unknown = "There is no such rep.";

    /// <summary>The error for an action in another rep's name.</summary>
    public const string NotYours = "You are signed in as a member, so you act as yourself. Leave this field out.";

    private const string Missing = "An API key must say which rep acts.";
    private const string Viewer = "Viewers can't act as a rep.";
    private const string TooMany = "You can't act as a rep, because this company already has the maximum of 500 reps.";

    /// <summary>
    /// Returns the rep who acts: the one that a program names, or the one that a member is. A member who may talk to visitors becomes a rep
    /// with the first action. Exactly one of the two is null.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="user">Who makes the request.</param>
    /// <param name="named">The rep that the request names; null for none.</param>
    /// <param name="ct">Cancels the queries.</param>
    public async Task<(InboxRep? Rep, string? Problem)> ActingAsync(
        TenantId tenant,
        ClaimsPrincipal user,
        Guid? named,
        CancellationToken ct)
    {
        if (MemberAuthentication.MemberOf(user) is not { } member)
        {
            if (named is not { } id) return (null, Missing);
            return await FindAsync(tenant, id, ct) is { } found ? (found, null) : (null, Unknown);
        }

        if (MemberAuthentication.RoleOf(user) == Role.Viewer) return (null, Viewer);
        if (await MemberAsync(tenant, member, ct) is not { } person) return (null, Unknown);
        if (await reps.FindOrAddAsync(tenant, person.Name.Length > 0 ? person.Name : person.Email, person.Email, ct) is not { } own)
            return (null, TooMany);
        return named is { } other && other != own.Id ? (null, NotYours) : (new InboxRep(own.Id, own.Name), null);
    }

    /// <summary>Returns the rep that a member is. Null for other callers, and for members who have not acted as a rep yet.</summary>
    public async Task<Guid?> OwnAsync(TenantId tenant, ClaimsPrincipal user, CancellationToken ct)
    {
        if (MemberAuthentication.MemberOf(user) is not { } member || await MemberAsync(tenant, member, ct) is not { } person) return null;
        return (await reps.ListAsync(tenant, ct)).FirstOrDefault(
            rep => string.Equals(rep.Email, person.Email, StringComparison.OrdinalIgnoreCase))?.Id;
    }

    /// <summary>Returns a rep. Null if there is none, or if it was removed.</summary>
    public async Task<InboxRep?> FindAsync(TenantId tenant, Guid rep, CancellationToken ct) =>
        (await reps.ListAsync(tenant, ct)).FirstOrDefault(row => row.Id == rep) is { } found ? new InboxRep(found.Id, found.Name) : null;

    /// <summary>Returns the reps who were not removed.</summary>
    public Task<IReadOnlyList<Rep>> ListAsync(TenantId tenant, CancellationToken ct) => reps.ListAsync(tenant, ct);

    /// <summary>Returns the names of all reps, also of removed ones.</summary>
    public Task<IReadOnlyDictionary<Guid, string>> NamesAsync(TenantId tenant, CancellationToken ct) => reps.NamesAsync(tenant, ct);

    private async Task<Member?> MemberAsync(TenantId tenant, Guid member, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Members.AsNoTracking().SingleOrDefaultAsync(row => row.Id == member, ct);
    }
}
