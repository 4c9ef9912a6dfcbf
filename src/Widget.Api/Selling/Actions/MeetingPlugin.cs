using Microsoft.SemanticKernel;
using NodaTime;
using Widget.Api.Mail;
using Widget.Api.Meetings.Booking;
using Widget.Api.Meetings.Page;
using Widget.Api.Meetings.Slots;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Selling.Actions;

/// <summary>The tools that find free times and book meetings.</summary>
internal sealed class MeetingPlugin(TenantDatabase database, SlotReader slots, BookingService bookings, ManageLinks links)
{
    private const int MaxSlots = 6;
    private const int MaxDays = 3;
    private const int MaxSlotsPerDay = 2;

    private const string AvailabilityDescription =
        "Returns up to six free times at which the visitor can meet a person of the company. Use it before you offer a time, and ask which "
        + "days suit the visitor. Never invent a time.";

    private const string BookDescription =
        "Books a meeting at a free time from check_availability. Use it only when the visitor has chosen the time and given an e-mail "
        + "address. The invitation is sent to that address.";

    private const string StartDescription = "The start of a free time, exactly as check_availability returned it.";
    private const string ZoneDescription = "The visitor's time zone as an IANA id, such as Europe/Berlin, if it is known.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("meetings",
    [
        Tool.Declare(
            CheckAsync,
            "check_availability",
            AvailabilityDescription,
            hasEffects: false,
            Optional("from", 40, "First day, such as 2027-05-03."),
            Optional("to", 40, "Last day, at most 31 days later."),
            Optional("timeZone", 60, ZoneDescription)),
        Tool.DeclareForConversation(
            BookAsync,
            "book_meeting",
            BookDescription,
            Tool.Parameter("slotStart", new { type = "string", maxLength = 40, description = StartDescription }),
            Tool.Parameter("email", new { type = "string", maxLength = 320, description = "As the visitor wrote it." }),
            Optional("name", 200, "The visitor's name."),
            Optional("note", 1_000, "What the meeting is about."),
            Optional("timeZone", 60, ZoneDescription)),
    ]);

    private async Task<ToolResult> CheckAsync(
        KernelArguments call,
        string? from = null,
        string? to = null,
        string? timeZone = null,
        CancellationToken ct = default)
    {
        var context = ToolInvocation.Of(call).Context;
        var (range, problem) = SlotRange.Parse(GivenText.Of(from), GivenText.Of(to), ZoneOf(context, timeZone), slots.Now);
        if (range is null) return ToolResult.Failed(problem!.ProblemDetails.Errors.Values.First()[0]);
        await using var db = await database.BeginAsync(context.Tenant.TenantId, ct);
        var found = await slots.FindAsync(db, rep: null, range.From, range.To, except: null, ct);
        if (found.Count > 0)
        {
            return ToolResult.Of(new
            {
                slots = Show(Spread(found, range.Zone), range.Zone),
                timeZone = range.Zone.Id,
                note = "Offer two or three of these times and name the time zone.",
            });
        }

        var others = await slots.FindAlternativesAsync(db, rep: null, range.From, except: null, ct);
        return ToolResult.Of(new
        {
            slots = Show(others, range.Zone),
            timeZone = range.Zone.Id,
            note = others.Count > 0
                ? "Nothing is free in that period. These are the next free times."
                : "No times are free. Say so, and offer to bring in a person.",
        });
    }

    private async Task<ToolResult> BookAsync(
        KernelArguments call,
        string slotStart,
        string email,
        string? name = null,
        string? note = null,
        string? timeZone = null,
        CancellationToken ct = default)
    {
        var context = ToolInvocation.Of(call).Context;
        if (SlotRange.ParseInstant(slotStart) is not { } start)
            return ToolResult.Failed("slotStart must be the start of a free time, exactly as check_availability returned it.");
        if (TimeZones.Find(ZoneOf(context, timeZone)) is not { } zone)
            return ToolResult.Failed($"There is no time zone \"{timeZone}\". Use an IANA id such as Europe/Berlin, or leave it out.");
        email = email.Trim();
        if (!MailAddress.IsValid(email)) return ToolResult.Failed("email is not an e-mail address. Ask the visitor for it again.");
        var words = await VisitorWords.ReadAsync(database, context.Tenant.TenantId, context.Conversation!.Value, ct);
        if (!words.HasEmail(email)) return ToolResult.Failed("The visitor has not said this e-mail address. Ask for it.");
        var outcome = await bookings.BookAsync(
            new BookingOrder
            {
                Tenant = context.Tenant,
                Visitor = new VisitorTicket(context.Tenant.TenantId, context.Visitor!.Value, Origin: null),
                Conversation = context.Conversation,
                Start = start,
                Name = GivenText.Of(name),
                Email = email,
                Note = GivenText.Of(note),
                Locale = context.Locale,
                TimeZone = zone.Id,
                Key = $"tool:{context.CallId}",
                Origin = links.OwnOrigin,
            },
            ct);
        return ToResult(outcome, zone);
    }

    private static ToolResult ToResult(MeetingOutcome outcome, DateTimeZone zone) => outcome switch
    {
        MeetingOutcome.Done done => ToolResult.Of(new
        {
            booked = true,
            start = MeetingView.Local(done.Meeting.StartsAt, zone),
            end = MeetingView.Local(done.Meeting.EndsAt, zone),
            timeZone = zone.Id,
            with = done.RepName,
            note = "Confirm the day, the time with its time zone, and with whom.",
        }),
        MeetingOutcome.Taken taken => ToolResult.Failed(
            "This time is not free. Offer the visitor one of the other times.",
            new { slots = Show(taken.Others, zone), timeZone = zone.Id }),
        MeetingOutcome.Limited limited => ToolResult.Failed(limited.Refusal.Message),
        _ => ToolResult.Failed("The meeting could not be booked. Say so, and offer to bring in a person."),
    };

    // Times of several days, and of a day the first and a later one. A visitor who can't come in the morning gets a choice.
    private static IEnumerable<(Interval Slot, BookableRep Rep)> Spread(
        IReadOnlyList<(Interval Slot, BookableRep Rep)> found,
        DateTimeZone zone)
    {
        var chosen = found.GroupBy(entry => entry.Slot.Start.InZone(zone).Date)
            .Take(MaxDays)
            .Select(day => day.Select(entry => entry.Slot.Start).ToList())
            .SelectMany(day => day.Count <= MaxSlotsPerDay ? day : [day[0], day[day.Count / 2]])
            .ToHashSet();
        foreach (var (slot, _) in found)
        {
            if (chosen.Count >= MaxSlots) break;
            chosen.Add(slot.Start);
        }

        return found.Where(entry => chosen.Contains(entry.Slot.Start));
    }

    private static IEnumerable<object> Show(IEnumerable<(Interval Slot, BookableRep Rep)> found, DateTimeZone zone) =>
        SlotReader.Show(found, zone, withNames: true).Select(slot => new { slot.Start, slot.End, with = slot.RepName });

    private static KernelParameterMetadata Optional(string name, int maxLength, string description) =>
        Tool.Parameter(name, new { type = "string", maxLength, description }, isRequired: false);

    private static string ZoneOf(ToolContext context, string? timeZone) =>
        GivenText.Of(timeZone) ?? context.Settings.OfficeHours?.TimeZone ?? DateTimeZone.Utc.Id;
}
