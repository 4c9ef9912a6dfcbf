using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>How many leads became known in a period, by tier.</summary>
internal static class LeadTiers
{
    /// <summary>The name for leads without a score.</summary>
    public const string None = "none";

    public static IReadOnlyList<string> Names { get; } = ["hot", "warm", "cold", None];

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

    /// <summary>Returns the conversations of the leads of a tier, those of the latest leads first.</summary>
    public static Task<IReadOnlyList<CountedConversation>> ConversationsAsync(
        TenantDb db,
        string tier,
        (DateTimeOffset From, DateTimeOffset To) period,
        CountedConversation? after,
        int limit,
        CancellationToken ct) =>
        CountedConversation.ReadAsync(
            db,
            """
            select distinct link.conversation_id, top.id, top.created_at as at
            from leads top
            join leads linked on linked.tenant_id = $1 and (linked.id = top.id or linked.top_id = top.id)
            join lead_conversations link on link.tenant_id = $1 and link.lead_id = linked.id
            where top.tenant_id = $1 and top.created_at >= $2 and top.created_at < $3 and top.merged_into is null
              and coalesce(top.staff_tier, top.scored_tier, 'none') = $4
            """,
            [db.TenantId.Value, period.From, period.To, tier],
            after,
            limit,
            ct);
}
