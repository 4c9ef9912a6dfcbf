using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Limits;
using Widget.Api.Mail;
using Widget.Api.Meetings.Page;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Meetings.Booking;

/// <summary>Meetings in the widget.</summary>
internal static class VisitorMeetingEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapMeetingsOfVisitors(this IEndpointRouteBuilder routes)
    {
        var meetings = routes.MapGroup("/api/widget/meetings").RequireCors(Policies.AnyOrigin).RequireAuthorization(Policies.Visitor)
            .WithTags("Widget").WithRequestSizeLimit(MaxRequestBytes)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);
        meetings.MapGet("/slots", Slots).ProducesValidationProblem()
            .WithSummary("List the times at which the visitor can book a meeting, at most 31 days at once");
        meetings.MapPost("", Book).UnlessBanned().LimitedByAddress().Validate<VisitorMeetingRequest>()
            .ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Book a meeting; if the time is not free, the problem lists the next free times in slots");
    }

    private static async Task<Results<Ok<MeetingSlots>, ValidationProblem, ProblemHttpResult>> Slots(
        HttpContext http,
        VisitorTokens tokens,
        TenantDatabase database,
        SlotReader slots,
        RequestLimits limits,
        CancellationToken ct,
        string? from = null,
        string? to = null,
        string? timeZone = null)
    {
        var visitor = tokens.Read(http)!;
        var (range, problem) = SlotRange.Parse(from, to, timeZone, slots.Now);
        if (range is null) return problem!;
        if (await limits.TakeAsync(Limit.MeetingSlots, $"{visitor.Tenant} {visitor.Visitor}", ct) is { } refusal)
            return refusal.ToProblem(http);
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        var found = await slots.FindAsync(db, rep: null, range.From, range.To, except: null, ct);
        return TypedResults.Ok(new MeetingSlots(SlotReader.Show(found, range.Zone, withNames: true)));
    }

    private static async Task<Results<Created<BookedMeeting>, ValidationProblem, ProblemHttpResult>> Book(
        VisitorMeetingRequest request,
        HttpContext http,
        VisitorTokens tokens,
        IMultiTenantContextAccessor tenants,
        BookingService bookings,
        MeetingAnnouncements announcements,
        ManageLinks links,
        CancellationToken ct)
    {
        if (SlotRange.ParseInstant(request.SlotStart) is not { } start) return SlotRange.InvalidStart(request.SlotStart);
        if (TimeZones.Find(request.TimeZone) is not { } zone) return TimeZones.Unknown(request.TimeZone);
        if (!MailAddress.IsValid(request.Email)) return Problems.Invalid("email", MailAddress.Invalid);
        var order = new BookingOrder
        {
            Tenant = tenants.Current(),
            Visitor = tokens.Read(http)!,
            Conversation = new ConversationId(request.ConversationId),
            Start = start,
            Rep = request.Rep is { } rep ? new RepId(rep) : null,
            Name = GivenText.Of(request.Name),
            Email = request.Email.Trim(),
            Phone = GivenText.Of(request.Phone),
            Note = GivenText.Of(request.Note),
            Consent = GivenText.Of(request.Consent),
            Locale = GivenText.Of(request.Locale),
            Page = ContinueLinks.WithoutToken(request.Page),
            TimeZone = request.TimeZone,
            Key = request.IdempotencyKey,
            Origin = links.OriginOf(http),
        };
        if (order.Phone is { } phone && !await bookings.IsPhoneAsync(order.Tenant.TenantId, phone, order.Locale, ct))
            return Problems.Invalid("phone", PhoneFormat.Invalid);
        var outcome = await bookings.BookAsync(order, ct);
        if (outcome is not MeetingOutcome.Done { Meeting: var meeting } done)
            return MeetingProblems.Of(outcome, zone, withNames: true, http);
        var address = links.AddressOf(new ManageLink(meeting.TenantId, meeting.Id), order.Origin);
        return TypedResults.Created(
            address,
            new BookedMeeting(
                meeting.Id.Value,
                MeetingView.Local(meeting.StartsAt, zone),
                MeetingView.Local(meeting.EndsAt, zone),
                done.RepName,
                address,
                announcements.SendsMail));
    }
}
