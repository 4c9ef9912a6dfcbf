using Microsoft.EntityFrameworkCore;
using NodaTime;
using Widget.Api.Meetings.Mails;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings.Booking;

/// <summary>Cancels meetings and moves them, for staff and for visitors with a link.</summary>
internal sealed class MeetingChanges(
    TenantDatabase database,
    SlotReader slots,
    MeetingAnnouncements announcements,
    BookingTurns turns,
    TimeProvider clock)
{
    /// <summary>Cancels a meeting. A meeting that is cancelled already stays so.</summary>
    public async Task<MeetingOutcome> CancelAsync(TenantInfo tenant, MeetingId id, string origin, CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(ct);
        var place = new MeetingPlace(tenant.Name, origin, await announcements.LocaleAsync(tenant.TenantId, ct));
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        await db.LockAsync(MeetingLocks.Booking, ct);
        if (await FindAsync(db, id, ct) is not { Meeting: var meeting, Rep: var rep }) return new MeetingOutcome.NotFound("meeting");
        if (meeting.IsCancelled) return new MeetingOutcome.Done(meeting, rep.Name);
        if (meeting.StartsAt <= clock.GetUtcNow()) return new MeetingOutcome.Closed(IsCancelled: false);
        (meeting.State, meeting.CancelledAt, meeting.Sequence) = (MeetingRow.Cancelled, clock.GetUtcNow(), meeting.Sequence + 1);
        await db.SaveChangesAsync(ct);
        await announcements.AddAsync(db, MeetingChange.Cancelled, meeting, rep, place, previous: null, page: null, ct);
        await db.CommitAsync(ct);
        return new MeetingOutcome.Done(meeting, rep.Name);
    }

    /// <summary>Moves a meeting to another free time. Moving it to where it is changes nothing.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The meeting.</param>
    /// <param name="start">The start of a free slot.</param>
    /// <param name="wanted">The rep; null to keep the meeting's.</param>
    /// <param name="origin">The origin of our pages.</param>
    /// <param name="ct">Cancels the change.</param>
    public async Task<MeetingOutcome> MoveAsync(
        TenantInfo tenant,
        MeetingId id,
        Instant start,
        RepId? wanted,
        string origin,
        CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(ct);
        var place = new MeetingPlace(tenant.Name, origin, await announcements.LocaleAsync(tenant.TenantId, ct));
        try
        {
            await using var db = await database.BeginAsync(tenant.TenantId, ct);
            await db.LockAsync(MeetingLocks.Booking, ct);
            if (await FindAsync(db, id, ct) is not { Meeting: var meeting, Rep: var before }) return new MeetingOutcome.NotFound("meeting");
            if (meeting.IsCancelled) return new MeetingOutcome.Closed(IsCancelled: true);
            if (meeting.StartsAt <= clock.GetUtcNow()) return new MeetingOutcome.Closed(IsCancelled: false);
            var target = wanted ?? meeting.RepId;
            if (meeting.RepId == target && meeting.StartsAt == start.ToDateTimeOffset())
                return new MeetingOutcome.Done(meeting, before.Name);
            if (await db.Reps.AsNoTracking().SingleOrDefaultAsync(row => row.Id == target && row.RemovedAt == null, ct) is not { } rep)
                return new MeetingOutcome.NotFound("rep");
            var calendars = await slots.ReadAsync(db, target, start, start, except: id, ct);
            if (calendars.SingleOrDefault()?.Calendar.FindFree(start, slots.Now) is not { } slot)
                return new MeetingOutcome.Taken(await slots.FindAlternativesAsync(db, target, start, except: id, ct));
            var previous = (meeting.StartsAt, before);
            meeting.RepId = target;
            (meeting.StartsAt, meeting.EndsAt) = (slot.Start.ToDateTimeOffset(), slot.End.ToDateTimeOffset());
            meeting.Sequence++;
            await db.SaveChangesAsync(ct);
            await announcements.AddAsync(db, MeetingChange.Moved, meeting, rep, place, previous, page: null, ct);
            await db.CommitAsync(ct);
            return new MeetingOutcome.Done(meeting, rep.Name);
        }
        catch (Exception e) when (SlotConflict.IsCauseOf(e))
        {
            return new MeetingOutcome.Taken([]);
        }
    }

    /// <summary>Returns a meeting with its rep. Null if there is no such meeting.</summary>
    public async Task<(MeetingRow Meeting, RepRow Rep)?> FindAsync(TenantId tenant, MeetingId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await FindAsync(db, id, ct);
    }

    /// <summary>Returns meetings that begin in a range, earliest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="from">Only meetings that start at or after this time; null for no limit.</param>
    /// <param name="to">Only meetings that start before this time; null for no limit.</param>
    /// <param name="rep">The rep; null for all.</param>
    /// <param name="after">The last meeting of the page before; null for the first page.</param>
    /// <param name="limit">Maximum number of meetings.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<MeetingPage> ListAsync(
        TenantId tenant,
        Instant? from,
        Instant? to,
        RepId? rep,
        MeetingCursor? after,
        int limit,
        CancellationToken ct)
    {
        var (first, last) = (from?.ToDateTimeOffset(), to?.ToDateTimeOffset());
        await using var db = await database.BeginAsync(tenant, ct);
        var rows = await db.Meetings
            .FromSql(
                $"""
                select * from meetings
                where tenant_id = {tenant.Value}
                  and ({first}::timestamptz is null or starts_at >= {first})
                  and ({last}::timestamptz is null or starts_at < {last})
                  and ({rep?.Value}::uuid is null or rep_id = {rep?.Value})
                  and ({after?.Start}::timestamptz is null or (starts_at, id) > ({after?.Start}, {after?.Id.Value}))
                order by starts_at, id
                limit {limit + 1}
                """)
            .AsNoTracking()
            .ToListAsync(ct);
        // Sorted again, because EF Core wraps the statement to add its filter.
        rows = [.. rows.OrderBy(row => row.StartsAt).ThenBy(row => row.Id.Value)];
        var names = await db.Reps.AsNoTracking().ToDictionaryAsync(row => row.Id, row => row.Name, ct);
        var items = rows.Take(limit).Select(row => MeetingView.Of(row, names[row.RepId], announcements.SendsMail)).ToList();
        return new MeetingPage(items, rows.Count > limit ? MeetingCursor.After(rows[limit - 1]) : null);
    }

    private static async Task<(MeetingRow Meeting, RepRow Rep)?> FindAsync(TenantDb db, MeetingId id, CancellationToken ct)
    {
        if (await db.Meetings.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } meeting) return null;
        var rep = meeting.RepId;
        return (meeting, await db.Reps.AsNoTracking().SingleAsync(row => row.Id == rep, ct));
    }
}
