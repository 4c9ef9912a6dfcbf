using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>How many leads became known in a period, by tier.</summary>
internal static class LeadTiers
{
    /// <summary>Counts the leads of each tier. The tier of leads without a score is null.</summary>
    public static async Task<IReadOnlyList<(string? Tier, long Leads)>> CountAsync(
        TenantDb db,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select coalesce(staff_tier, scored_tier) as tier, count(*) from leads
            where tenant_id = $1 and created_at >= $2 and created_at < $3 and merged_into is null
            group by tier order by array_position(array['hot', 'warm', 'cold'], coalesce(staff_tier, scored_tier))
            """,
            [db.TenantId.Value, from, to]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var tiers = new List<(string?, long)>();
        while (await rows.ReadAsync(ct)) tiers.Add((rows.IsDBNull(0) ? null : rows.GetString(0), rows.GetInt64(1)));
        return tiers;
    }
}
