using NodaTime;
using NodaTime.Text;
using Widget.Api.Limits;
using Widget.Api.Meetings.Booking;
using Widget.Api.Meetings.Mails;
using Widget.Api.Meetings.Slots;

namespace Widget.Api.Meetings.Page;

/// <summary>
/// Serves the page of a meeting at <c>/widget/meetings/{token}</c>. Opening it changes nothing, because mail programs open the links of
/// e-mails to check them.
/// </summary>
internal static class ManageEndpoints
{
    private const string Html = "text/html; charset=utf-8";
    private const long MaxRequestBytes = 16 * 1024;
    private const int DaysAtOnce = 7;

    public static void MapManagePage(this IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup($"{ManageLinks.Path}/{{token}}").ExcludeFromDescription()
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes));
        page.MapGet("", Show);
        page.MapPost("", Change).DisableAntiforgery();
        page.MapGet("/calendar.ics", Calendar);
    }

    private static async Task<IResult> Show(
        string token,
        HttpContext http,
        ManagedMeetings meetings,
        SlotReader slots,
        CancellationToken ct,
        string? move = null,
        string? from = null,
        string? done = null)
    {
        if (await meetings.FindAsync(token, ct) is not { } found) return Missing(http);
        if (move is not null && found.CanChange(slots.Now)) return await ChooseAsync(http, found, meetings, from, notice: null, ct);
        var notice = done == "moved" ? found.Words.IsMoved : null;
        return Page(http, found.Page.Show(found.Meeting, found.Rep.Name, found.Path, slots.Now, notice));
    }

    private static async Task<IResult> Change(
        string token,
        HttpContext http,
        ManagedMeetings meetings,
        MeetingChanges changes,
        RequestLimits limits,
        ManageLinks links,
        SlotReader slots,
        CancellationToken ct)
    {
        if (await meetings.FindAsync(token, ct) is not { } found) return Missing(http);
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(ct) : FormCollection.Empty;
        if (await limits.TakeAsync(Limit.Meetings, $"meeting {found.Meeting.Id}", ct) is { } refusal)
        {
            Refusal.SetRetryAfter(http, refusal.Seconds);
            var tooMany = found.Page.Show(found.Meeting, found.Rep.Name, found.Path, slots.Now, found.Words.TooMany);
            return Page(http, tooMany, StatusCodes.Status429TooManyRequests);
        }

        var origin = links.OriginOf(http);
        if (form["action"] == "cancel")
        {
            await changes.CancelAsync(found.Tenant, found.Meeting.Id, origin, ct);
            return SeeOther(http, found.Path);
        }

        if (form["action"] != "move" || SlotRange.ParseInstant(form["slot"].ToString()) is not { } start)
            return SeeOther(http, $"{found.Path}?move=1");
        return await changes.MoveAsync(found.Tenant, found.Meeting.Id, start, wanted: null, origin, ct) switch
        {
            MeetingOutcome.Done => SeeOther(http, $"{found.Path}?done=moved"),
            MeetingOutcome.Taken => await ChooseAsync(http, found, meetings, from: null, found.Words.Taken, ct),
            // The page says that the meeting has started or is cancelled.
            _ => SeeOther(http, found.Path),
        };
    }

    private static async Task<IResult> Calendar(
        string token,
        HttpContext http,
        ManagedMeetings meetings,
        TimeProvider clock,
        CancellationToken ct)
    {
        if (await meetings.FindAsync(token, ct) is not { } found) return Missing(http);
        var summary = MeetingWords.Fill(found.Words.Summary, found.Rep.Name, found.Tenant.Name);
        var file = Invitation.WriteFile(found.Meeting, summary, description: "", clock.GetUtcNow());
        SetHeaders(http);
        http.Response.Headers.ContentDisposition = "attachment; filename=\"meeting.ics\"";
        return TypedResults.Content(file, "text/calendar; charset=utf-8");
    }

    private static async Task<IResult> ChooseAsync(
        HttpContext http,
        ManagedMeeting found,
        ManagedMeetings meetings,
        string? from,
        string? notice,
        CancellationToken ct)
    {
        LocalDate? first = from is not null && LocalDatePattern.Iso.Parse(from) is { Success: true } date ? date.Value : null;
        if (await meetings.FindTimesAsync(found, first, DaysAtOnce, ct) is not { } times)
        {
            var tooMany = found.Page.Show(found.Meeting, found.Rep.Name, found.Path, found.Now, found.Words.TooMany);
            return Page(http, tooMany, StatusCodes.Status429TooManyRequests);
        }

        return Page(http, found.Page.Choose(found.Meeting, found.Rep.Name, found.Path, times.Slots, times.Later, notice));
    }

    private static IResult Missing(HttpContext http) =>
        Page(http, ManagePage.NotFound(MeetingWords.Of(http.Request)), StatusCodes.Status404NotFound);

    private static IResult Page(HttpContext http, string html, int status = StatusCodes.Status200OK)
    {
        SetHeaders(http);
        http.Response.Headers.ContentSecurityPolicy = ManagePage.Policy;
        return TypedResults.Content(html, Html, statusCode: status);
    }

    // After a form, the browser is redirected to the page, so that reloading does not send the form again.
    private static IResult SeeOther(HttpContext http, string path)
    {
        SetHeaders(http);
        http.Response.Headers.Location = path;
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    // The address opens the meeting, so it must not be stored or told to other sites.
    private static void SetHeaders(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
    }
}
