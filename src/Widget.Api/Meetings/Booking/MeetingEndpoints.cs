using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Widget.Api.Contacts;
using Widget.Api.Mail;
using Widget.Api.Meetings.Page;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Meetings.Booking;

/// <summary>Meetings for staff and the tenant's programs.</summary>
internal static class MeetingEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static void MapMeetingsOfTenant(this IEndpointRouteBuilder routes)
    {
        var meetings = routes.MapGroup("/api/meetings").ForStaff(StaffArea.Meetings).ProducesProblem(401).WithTags("Meetings")
            .WithRequestSizeLimit(MaxRequestBytes);
        meetings.MapGet("/slots", Slots).ProducesValidationProblem().ProducesProblem(404)
            .WithSummary("List the times at which a meeting can be booked, at most 31 days at once");
        meetings.MapPost("", Book).Validate<MeetingRequest>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Book a meeting; if the time is not free, the problem lists the next free times in slots");
        meetings.MapGet("", List).ProducesValidationProblem().WithSummary("List meetings, earliest first");
        var meeting = meetings.MapGroup("/{id:guid}").ProducesProblem(404);
        meeting.MapGet("", Read).WithSummary("A meeting");
        meeting.MapPost("/cancel", Cancel).ProducesProblem(409).WithSummary("Cancel a meeting");
        meeting.MapPost("/reschedule", Reschedule).Validate<RescheduleRequest>().ProducesProblem(409)
            .WithSummary("Move a meeting to another free time, or give it to another rep");
    }

    private static async Task<Results<Ok<MeetingSlots>, ValidationProblem, ProblemHttpResult>> Slots(
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        SlotReader slots,
        CancellationToken ct,
        string? from = null,
        string? to = null,
        string? timeZone = null,
        Guid? rep = null)
    {
        var (range, problem) = SlotRange.Parse(from, to, timeZone, slots.Now);
        if (range is null) return problem!;
        RepId? only = rep is { } id ? new RepId(id) : null;
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        if (only is { } wanted && !await SlotReader.ExistsAsync(db, wanted, ct)) return Problems.NotFound("rep");
        var found = await slots.FindAsync(db, only, range.From, range.To, except: null, ct);
        return TypedResults.Ok(new MeetingSlots(SlotReader.Show(found, range.Zone, withNames: false)));
    }

    private static async Task<Results<Created<Meeting>, ValidationProblem, ProblemHttpResult>> Book(
        MeetingRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        BookingService bookings,
        MeetingAnnouncements announcements,
        ManageLinks links,
        CancellationToken ct)
    {
        if (SlotRange.ParseInstant(request.SlotStart) is not { } start) return SlotRange.InvalidStart(request.SlotStart);
        var zone = request.TimeZone is { } id ? TimeZones.Find(id) : DateTimeZone.Utc;
        if (zone is null) return TimeZones.Unknown(request.TimeZone!);
        if (!MailAddress.IsValid(request.Lead.Email)) return Problems.Invalid("lead.email", MailAddress.Invalid);
        var order = new BookingOrder
        {
            Tenant = tenants.Current(),
            Start = start,
            Rep = request.Rep is { } rep ? new RepId(rep) : null,
            Name = GivenText.Of(request.Lead.Name),
            Email = request.Lead.Email.Trim(),
            Phone = GivenText.Of(request.Lead.Phone),
            Note = GivenText.Of(request.Note),
            Locale = GivenText.Of(request.Locale),
            TimeZone = request.TimeZone,
            Key = request.IdempotencyKey,
            Origin = links.OriginOf(http),
        };
        if (order.Phone is { } phone && !await bookings.IsPhoneAsync(order.Tenant.TenantId, phone, order.Locale, ct))
            return Problems.Invalid("lead.phone", PhoneFormat.Invalid);
        var outcome = await bookings.BookAsync(order, ct);
        if (outcome is not MeetingOutcome.Done done) return MeetingProblems.Of(outcome, zone, withNames: false, http);
        var meeting = MeetingView.Of(done.Meeting, done.RepName, announcements.SendsMail);
        return TypedResults.Created($"/api/meetings/{meeting.Id}", meeting);
    }

    private static async Task<Results<Ok<MeetingPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        MeetingChanges meetings,
        CancellationToken ct,
        string? from = null,
        string? to = null,
        Guid? rep = null,
        string? after = null,
        int limit = DefaultLimit)
    {
        if (limit is < 1 or > MaxLimit) return Problems.Invalid("limit", $"limit must be between 1 and {MaxLimit}.");
        if (!SlotRange.TryParse(from, DateTimeZone.Utc, isEnd: false, out var first)) return SlotRange.Invalid("from", from!);
        if (!SlotRange.TryParse(to, DateTimeZone.Utc, isEnd: true, out var last)) return SlotRange.Invalid("to", to!);
        MeetingCursor? cursor = null;
        if (after is not null && (cursor = MeetingCursor.Parse(after)) is null)
            return Problems.Invalid("after", "after must be the value of next from the previous page.");
        RepId? only = rep is { } id ? new RepId(id) : null;
        return TypedResults.Ok(await meetings.ListAsync(tenants.Current().TenantId, first, last, only, cursor, limit, ct));
    }

    private static async Task<Results<Ok<Meeting>, ProblemHttpResult>> Read(
        Guid id,
        IMultiTenantContextAccessor tenants,
        MeetingChanges meetings,
        MeetingAnnouncements announcements,
        CancellationToken ct) =>
        await meetings.FindAsync(tenants.Current().TenantId, new MeetingId(id), ct) is { } found
            ? TypedResults.Ok(MeetingView.Of(found.Meeting, found.Rep.Name, announcements.SendsMail))
            : Problems.NotFound("meeting");

    private static async Task<Results<Ok<Meeting>, ProblemHttpResult>> Cancel(
        Guid id,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        MeetingChanges meetings,
        MeetingAnnouncements announcements,
        ManageLinks links,
        CancellationToken ct)
    {
        var outcome = await meetings.CancelAsync(tenants.Current(), new MeetingId(id), links.OriginOf(http), ct);
        return outcome is MeetingOutcome.Done done
            ? TypedResults.Ok(MeetingView.Of(done.Meeting, done.RepName, announcements.SendsMail))
            : MeetingProblems.Of(outcome, DateTimeZone.Utc, withNames: false, http);
    }

    private static async Task<Results<Ok<Meeting>, ValidationProblem, ProblemHttpResult>> Reschedule(
        Guid id,
        RescheduleRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        MeetingChanges meetings,
        MeetingAnnouncements announcements,
        ManageLinks links,
        CancellationToken ct)
    {
        if (SlotRange.ParseInstant(request.SlotStart) is not { } start) return SlotRange.InvalidStart(request.SlotStart);
        RepId? rep = request.Rep is { } wanted ? new RepId(wanted) : null;
        var outcome = await meetings.MoveAsync(tenants.Current(), new MeetingId(id), start, rep, links.OriginOf(http), ct);
        return outcome is MeetingOutcome.Done done
            ? TypedResults.Ok(MeetingView.Of(done.Meeting, done.RepName, announcements.SendsMail))
            : MeetingProblems.Of(outcome, DateTimeZone.Utc, withNames: false, http);
    }
}
