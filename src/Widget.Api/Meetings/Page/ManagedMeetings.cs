using NodaTime;
using Widget.Api.Limits;
using Widget.Api.Meetings.Booking;
using Widget.Api.Meetings.Mails;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings.Page;

/// <summary>A meeting that a visitor has opened by its link.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Meeting">The meeting.</param>
/// <param name="Rep">The rep.</param>
/// <param name="Words">The texts in the visitor's language.</param>
/// <param name="Path">The page's path.</param>
/// <param name="Now">The current time.</param>
internal sealed record ManagedMeeting(
    TenantInfo Tenant,
    MeetingRow Meeting,
    RepRow Rep,
    MeetingWords Words,
    string Path,
    Instant Now)
{
    public ManagePage Page { get; } = new(Words, Tenant.Name);

    /// <summary>Whether the meeting can be moved or cancelled: it is neither started nor cancelled.</summary>
    public bool CanChange(Instant now) => !Meeting.IsCancelled && Instant.FromDateTimeOffset(Meeting.StartsAt) > now;
}

/// <summary>Finds the meeting of a link, and times to which it can be moved.</summary>
internal sealed class ManagedMeetings(
    ManageLinks links,
    MeetingChanges changes,
    IMultiTenantStore store,
    IMultiTenantContextAccessor tenants,
    IHttpContextAccessor http,
    TenantDatabase database,
    SlotReader slots,
    RequestLimits limits)
{
    /// <summary>Returns the meeting of a link. Null if there is none, or if the request also names another tenant.</summary>
    public async Task<ManagedMeeting?> FindAsync(string token, CancellationToken ct)
    {
        if (links.Read(token) is not { } link || !tenants.Admits(link.Tenant)) return null;
        if (await store.GetByIdentifierAsync(TenantStore.IdPrefix + link.Tenant, ct) is not { } tenant) return null;
        if (await changes.FindAsync(link.Tenant, link.Meeting, ct) is not { } found) return null;
        var words = found.Meeting.Locale is { } locale ? MeetingWords.Of(locale) : MeetingWords.Of(http.HttpContext!.Request);
        return new ManagedMeeting(tenant, found.Meeting, found.Rep, words, $"{ManageLinks.Path}/{token}", slots.Now);
    }

    /// <summary>
    /// Returns the rep's free times of some days, from the first day with one. Null if the visitor has asked too often.
    /// </summary>
    /// <param name="found">The meeting.</param>
    /// <param name="first">The first day in the visitor's time zone; null for today.</param>
    /// <param name="days">Number of days.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <returns>The times, and the first day after them; null if there are no later ones.</returns>
    public async Task<(IReadOnlyList<Interval> Slots, LocalDate? Later)?> FindTimesAsync(
        ManagedMeeting found,
        LocalDate? first,
        int days,
        CancellationToken ct)
    {
        if (await limits.TakeAsync(Limit.MeetingSlots, $"meeting {found.Meeting.Id}", ct) is not null) return null;
        var (zone, now) = (found.Meeting.Zone, slots.Now);
        var last = (now + RepCalendar.Horizon).InZone(zone).Date;
        var from = first is { } date && date > now.InZone(zone).Date && date <= last ? zone.AtStartOfDay(date).ToInstant() : now;
        await using var db = await database.BeginAsync(found.Meeting.TenantId, ct);
        var all = await slots.FindAsync(db, found.Meeting.RepId, from, now + RepCalendar.Horizon, found.Meeting.Id, ct);
        var starts = all.Select(entry => entry.Slot).Where(slot => slot.Start.ToDateTimeOffset() != found.Meeting.StartsAt).ToList();
        if (starts.Count == 0) return ([], null);
        var end = starts[0].Start.InZone(zone).Date.PlusDays(days);
        var shown = starts.TakeWhile(slot => slot.Start.InZone(zone).Date < end).ToList();
        return (shown, shown.Count < starts.Count ? end : null);
    }
}
