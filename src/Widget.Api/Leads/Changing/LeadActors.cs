using Widget.Api.Reps;
using Widget.Api.Tenancy.Access;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Changing;

/// <summary>Finds out who makes a request.</summary>
internal sealed class LeadActors(TenantDatabase database)
{
    /// <summary>
    /// The member who is signed in; for a program the rep that it names, or else its API key. Null if there is no such rep.
    /// </summary>
    public async Task<LeadActor?> FindAsync(TenantId tenant, HttpContext http, Guid? rep, CancellationToken ct)
    {
        if (Actor.Of(http) is { Kind: "member" } member) return new LeadActor(member.Name);
        await using var db = await database.BeginAsync(tenant, ct);
        if (rep is not { } id) return new LeadActor(Actor.Of(http)?.Name ?? "API");
        return await RepQueries.FindAsync(db, new RepId(id), ct) is { } row ? new LeadActor(row.Name, row.Id) : null;
    }
}
