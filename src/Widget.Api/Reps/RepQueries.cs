using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Reps;

/// <summary>Queries about reps for other features, within their own transactions.</summary>
internal static class RepQueries
{
    /// <summary>The reps that are not removed.</summary>
    public static async Task<IReadOnlyList<RepRow>> ListAsync(TenantDb db, CancellationToken ct) =>
        await db.Reps.AsNoTracking().Where(row => row.RemovedAt == null).ToListAsync(ct);

    /// <summary>A rep. Null if there is no such rep, or if it was removed.</summary>
    public static async Task<RepRow?> FindAsync(TenantDb db, RepId id, CancellationToken ct) =>
        await db.Reps.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.RemovedAt == null, ct);

    /// <summary>The names of all reps, also of removed ones.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(TenantDb db, CancellationToken ct) =>
        await db.Reps.AsNoTracking().ToDictionaryAsync(row => row.Id.Value, row => row.Name, ct);

    /// <summary>Records that a rep got a lead, so that others are next.</summary>
    public static async Task TakeTurnAsync(TenantDb db, RepId rep, CancellationToken ct)
    {
        await using var turn = db.Command(
            "update reps set last_lead_at = clock_timestamp() where tenant_id = $1 and id = $2",
            [db.TenantId.Value, rep.Value]);
        await turn.ExecuteNonQueryAsync(ct);
    }
}
