using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings;

/// <summary>Tells the widget whether meetings can be booked.</summary>
public sealed class MeetingOffers(TenantDatabase database)
{
    /// <param name="tenant">The tenant.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<MeetingOffer> OfAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select exists (
              select from reps
              where tenant_id = $1 and removed_at is null and jsonb_array_length(hours -> 'weekly') > 0)
            """,
            [tenant.Value]);
        await using var row = await batch.ReadAsync(ct);
        return new MeetingOffer(await row.ReadAsync(ct) && row.GetBoolean(0), settings.MeetingUrl);
    }
}
