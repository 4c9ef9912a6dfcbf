using Widget.Api.Meetings.Reps;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>The reps who answer visitors. They are the same people with whom visitors book meetings.</summary>
internal sealed class InboxReps(RepService reps)
{
    /// <summary>The error for an id that is no rep's.</summary>
    public const string Unknown = "There is no such rep.";

    /// <summary>Returns a rep. Null if there is none, or if it was removed.</summary>
    public async Task<InboxRep?> FindAsync(TenantId tenant, Guid rep, CancellationToken ct) =>
        (await reps.ListAsync(tenant, ct)).FirstOrDefault(row => row.Id == rep) is { } found ? new InboxRep(found.Id, found.Name) : null;

    /// <summary>Returns the reps who were not removed.</summary>
    public Task<IReadOnlyList<Rep>> ListAsync(TenantId tenant, CancellationToken ct) => reps.ListAsync(tenant, ct);

    /// <summary>Returns the names of all reps, also of removed ones.</summary>
    public Task<IReadOnlyDictionary<Guid, string>> NamesAsync(TenantId tenant, CancellationToken ct) => reps.NamesAsync(tenant, ct);
}
