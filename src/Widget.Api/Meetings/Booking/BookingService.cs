using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Api.Leads;
using Widget.Api.Limits;
using Widget.Api.Meetings.Mails;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings.Booking;

/// <summary>
/// Books meetings. Bookings of a tenant run one after another, each in one transaction that checks the slot again. A constraint
/// in the database also refuses overlapping meetings of a rep.
/// </summary>
internal sealed class BookingService(
    TenantDatabase database,
    SlotReader slots,
    MeetingAnnouncements announcements,
    RequestLimits limits,
    TenantSettingsService settings,
    BookingTurns turns,
    TimeProvider clock)
{
    /// <summary>Whether a text is a valid phone number: with a country code, or in the region of the tenant or the language.</summary>
    public async Task<bool> IsPhoneAsync(TenantId tenant, string phone, string? locale, CancellationToken ct) =>
        PhoneFormat.ToE164(ContactText.Plain(phone), PhoneRegions.For(await settings.ReadAsync(tenant, ct), locale)) is not null;

    /// <summary>Books a meeting, once for each key.</summary>
    public async Task<MeetingOutcome> BookAsync(BookingOrder order, CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(ct);
        var tenant = order.Tenant.TenantId;
        // Most requests for a slot that is taken end here, without the lock.
        await using (var read = await database.BeginAsync(tenant, ct))
        {
            if (await FindEarlyOutcomeAsync(read, order, ct) is { } early) return early;
            if (await PickAsync(read, order, ct) is null) return await TakenAsync(read, order.Rep, order.Start, ct);
        }

        // Outside of the transaction, because the limits may wait for another connection to the database.
        if (order.Conversation is not null && await TakeAsync(order, ct) is { } refusal) return new MeetingOutcome.Limited(refusal);
        if (order.Phone is { } phone)
        {
            var regions = PhoneRegions.For(await settings.ReadAsync(tenant, ct), order.Locale);
            order = order with { LeadPhone = PhoneFormat.ToE164(ContactText.Plain(phone), regions) };
        }

        var place = new MeetingPlace(order.Tenant.Name, order.Origin, await announcements.LocaleAsync(tenant, ct));
        try
        {
            await using var db = await database.BeginAsync(tenant, ct);
            await db.LockAsync(MeetingLocks.Booking, ct);
            if (await FindEarlyOutcomeAsync(db, order, ct) is { } early) return early;
            if (await PickAsync(db, order, ct) is not { } picked) return await TakenAsync(db, order.Rep, order.Start, ct);
            return await AddAsync(db, order, picked.Rep, picked.Slot, place, ct);
        }
        catch (Exception e) when (SlotConflict.IsCauseOf(e))
        {
            await using var read = await database.BeginAsync(tenant, ct);
            return await TakenAsync(read, order.Rep, order.Start, ct);
        }
    }

    // The outcome if it does not depend on the slot: a repeated request, an unknown conversation or rep. Null otherwise. Also locks the
    // visitor's conversation.
    private static async Task<MeetingOutcome?> FindEarlyOutcomeAsync(TenantDb db, BookingOrder order, CancellationToken ct)
    {
        if (order.Conversation is { } conversation
            && !await ConversationLog.LockAsync(db, conversation, order.Visitor?.Visitor, ct))
        {
            return new MeetingOutcome.NotFound("conversation");
        }

        var key = order.BookingKey;
        if (await db.Meetings.AsNoTracking().SingleOrDefaultAsync(row => row.BookingKey == key, ct) is { } before)
        {
            var isSame = before.RequestedStart == order.Start.ToDateTimeOffset()
                && before.Email.Equals(order.Email, StringComparison.OrdinalIgnoreCase);
            if (!isSame) return new MeetingOutcome.KeyTaken();
            var rep = await db.Reps.AsNoTracking().SingleAsync(row => row.Id == before.RepId, ct);
            return new MeetingOutcome.Done(before, rep.Name);
        }

        return order.Rep is { } wanted && !await db.Reps.AnyAsync(row => row.Id == wanted && row.RemovedAt == null, ct)
            ? new MeetingOutcome.NotFound("rep")
            : null;
    }

    private async Task<(BookableRep Rep, Interval Slot)?> PickAsync(TenantDb db, BookingOrder order, CancellationToken ct)
    {
        var now = slots.Now;
        var reps = await slots.ReadAsync(db, order.Rep, order.Start, order.Start, except: null, ct);
        foreach (var rep in BookableRep.InTurn(reps))
            if (rep.Calendar.FindFree(order.Start, now) is { } slot) return (rep, slot);
        return null;
    }

    private async Task<MeetingOutcome.Taken> TakenAsync(TenantDb db, RepId? rep, Instant start, CancellationToken ct) =>
        new(await slots.FindAlternativesAsync(db, rep, start, except: null, ct));

    private async Task<Refusal?> TakeAsync(BookingOrder order, CancellationToken ct) =>
        await limits.TakeAsync(Limit.Meetings, order.Conversation!.Value.ToString(), ct)
            // The conversations of many visitors must not fill one person's mailbox.
            ?? await limits.TakeAsync(Limit.Meetings, $"{order.Tenant.TenantId} {order.Email.ToLowerInvariant()}", ct)
            ?? await limits.TakeAsync(Limit.TenantMeetings, order.Tenant.TenantId.ToString(), ct);

    private async Task<MeetingOutcome> AddAsync(
        TenantDb db,
        BookingOrder order,
        BookableRep picked,
        Interval slot,
        MeetingPlace place,
        CancellationToken ct)
    {
        var meeting = new MeetingRow
        {
            TenantId = db.TenantId,
            Id = MeetingId.New(),
            RepId = picked.Id,
            StartsAt = slot.Start.ToDateTimeOffset(),
            EndsAt = slot.End.ToDateTimeOffset(),
            ConversationId = order.Conversation?.Value,
            Name = order.Name,
            Email = order.Email,
            Phone = order.Phone,
            Note = order.Note,
            TimeZone = order.TimeZone ?? picked.Zone.Id,
            Locale = order.Locale ?? await LocaleAsync(db, order.Visitor, ct),
            BookingKey = order.BookingKey,
            RequestedStart = order.Start.ToDateTimeOffset(),
            CreatedAt = clock.GetUtcNow(),
        };
        db.Meetings.Add(meeting);
        await db.SaveChangesAsync(ct);
        if (order.Rep is null)
        {
            await using var assigned = db.Command(
                "update reps set last_assigned_at = $2 where id = $1",
                [picked.Id.Value, meeting.CreatedAt]);
            await assigned.ExecuteNonQueryAsync(ct);
        }

        var rep = await db.Reps.AsNoTracking().SingleAsync(row => row.Id == picked.Id, ct);
        await announcements.AddAsync(db, MeetingChange.Booked, meeting, rep, place, previous: null, order.Page, ct);
        var contact = new LeadDetails
        {
            Name = order.Name,
            Email = order.Email,
            Phone = order.LeadPhone,
            Consent = order.Consent,
            Locale = meeting.Locale,
            Rep = picked.Id,
        };
        if (order is { Visitor: { } visitor, Conversation: { } conversation })
        {
            var earlier = await LeadDetails.LastGivenAsync(db, conversation, ct);
            await LeadRecorder.RecordAsync(db, visitor.Visitor, conversation, contact, earlier, ct);
        }
        else
        {
            await LeadRecorder.RecordAsync(db, contact, ct);
        }

        await db.CommitAsync(ct);
        return new MeetingOutcome.Done(meeting, rep.Name);
    }

    private static async Task<string?> LocaleAsync(TenantDb db, VisitorTicket? visitor, CancellationToken ct)
    {
        if (visitor is null) return null;
        var id = visitor.Visitor;
        return await db.Visitors.Where(row => row.Id == id).Select(row => row.Locale).SingleOrDefaultAsync(ct);
    }
}

/// <summary>
/// Limits how many bookings of a node run at once. They wait for one another in the database, and each holds a connection, so without a
/// limit a rush of bookings would leave no connection for anything else.
/// </summary>
internal sealed class BookingTurns : IDisposable
{
    private const int AtOnce = 8;

    private readonly SemaphoreSlim _free = new(AtOnce);

    public async Task<IDisposable> TakeAsync(CancellationToken ct)
    {
        await _free.WaitAsync(ct);
        return new Turn(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}

/// <summary>The database has refused a second meeting of a rep at the same time.</summary>
internal static class SlotConflict
{
    public static bool IsCauseOf(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.ExclusionViolation } => true,
        _ => IsCauseOf(exception.InnerException),
    };
}
