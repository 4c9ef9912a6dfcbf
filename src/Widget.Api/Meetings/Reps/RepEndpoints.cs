using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Mail;
using Widget.Api.Meetings.Busy;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Meetings.Reps;

internal static class RepEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapReps(this IEndpointRouteBuilder routes)
    {
        var reps = routes.MapGroup("/api/reps").ForStaff(StaffArea.Meetings).ProducesProblem(401).WithTags("Meetings")
            .WithRequestSizeLimit(MaxRequestBytes);
        reps.MapGet("", List).WithSummary("List the people with whom visitors can book meetings and who look after leads");
        reps.MapPost("", Add).Validate<RepRequest>().ProducesProblem(409).WithSummary("Add a rep");
        var rep = reps.MapGroup("/{id:guid}").ProducesProblem(404);
        rep.MapPatch("", Change).Validate<RepChanges>().WithSummary("Change a rep's name, address, time zone, or which leads it gets");
        rep.MapDelete("", Remove).ProducesProblem(409).WithSummary("Remove a rep without upcoming or running meetings");
        rep.MapGet("/hours", ReadHours).WithSummary("When meetings with a rep can be booked");
        rep.MapPut("/hours", SaveHours).Validate<RepHours>().WithSummary("Replace when meetings with a rep can be booked");
        rep.MapGet("/busy-feed", ReadFeed).WithSummary("The state of a rep's calendar feed");
        rep.MapPut("/busy-feed", SaveFeed).Validate<BusyFeedRequest>()
            .WithSummary("Set or remove the calendar feed (iCalendar) with a rep's busy times");
    }

    private static async Task<Ok<IReadOnlyList<Rep>>> List(IMultiTenantContextAccessor tenants, RepService reps, CancellationToken ct) =>
        TypedResults.Ok(await reps.ListAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Created<Rep>, ValidationProblem, ProblemHttpResult>> Add(
        RepRequest request,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        CancellationToken ct)
    {
        if (FindProblem(request.Email, request.TimeZone) is { } problem) return problem;
        return await reps.AddAsync(tenants.Current().TenantId, request, ct) is { } rep
            ? TypedResults.Created($"/api/reps/{rep.Id}", rep)
            : Problems.Create(StatusCodes.Status409Conflict, $"A tenant can have at most {RepService.MaxReps} reps.");
    }

    private static async Task<Results<Ok<Rep>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        RepChanges request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        CancellationToken ct)
    {
        if (FindProblem(request.Email, request.TimeZone) is { } problem) return problem;
        var mayChangeEmail = MemberAuthentication.RoleOf(http.User) is null or Role.Admin or Role.Owner;
        var (rep, outcome) = await reps.ChangeAsync(tenants.Current().TenantId, new RepId(id), request, mayChangeEmail, ct);
        return outcome switch
        {
            RepChange.Done => TypedResults.Ok(rep!),
            RepChange.NotFound => Problems.NotFound("rep"),
            RepChange.NotAllowed => Problems.Create(
                StatusCodes.Status403Forbidden,
                "Only owners and administrators can change a rep's e-mail address, because it says which member the rep is.",
                "email_not_allowed"),
            _ => Problems.Create(StatusCodes.Status409Conflict, "Another rep has this e-mail address.", "email_taken"),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        Guid id,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        CancellationToken ct) =>
        await reps.RemoveAsync(tenants.Current().TenantId, new RepId(id), ct) switch
        {
            RepRemoval.Removed => TypedResults.NoContent(),
            RepRemoval.NotFound => Problems.NotFound("rep"),
            _ => Problems.Create(
                StatusCodes.Status409Conflict,
                "This rep has meetings that have not ended. Cancel upcoming ones or give them to another rep, "
                    + "and wait for the end of a running one.",
                "has_meetings"),
        };

    private static async Task<Results<Ok<RepHours>, ProblemHttpResult>> ReadHours(
        Guid id,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        CancellationToken ct) =>
        await reps.ReadHoursAsync(tenants.Current().TenantId, new RepId(id), ct) is { } hours
            ? TypedResults.Ok(hours)
            : Problems.NotFound("rep");

    private static async Task<Results<Ok<RepHours>, ProblemHttpResult>> SaveHours(
        Guid id,
        RepHours request,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        CancellationToken ct) =>
        await reps.SaveHoursAsync(tenants.Current().TenantId, new RepId(id), request, ct)
            ? TypedResults.Ok(request)
            : Problems.NotFound("rep");

    private static async Task<Results<Ok<BusyFeedState>, ProblemHttpResult>> ReadFeed(
        Guid id,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        CancellationToken ct) =>
        await reps.ReadFeedAsync(tenants.Current().TenantId, new RepId(id), ct) is { } state
            ? TypedResults.Ok(state)
            : Problems.NotFound("rep");

    private static async Task<Results<Ok<BusyFeedState>, ValidationProblem, ProblemHttpResult>> SaveFeed(
        Guid id,
        BusyFeedRequest request,
        IMultiTenantContextAccessor tenants,
        RepService reps,
        FetchOptions fetching,
        CancellationToken ct)
    {
        var (url, error) = request.Url is { } text ? FeedFetcher.Parse(text, fetching) : default;
        if (error is not null) return Problems.Invalid("url", error);
        var tenant = tenants.Current().TenantId;
        if (!await reps.SaveFeedAsync(tenant, new RepId(id), url, ct)) return Problems.NotFound("rep");
        return await reps.ReadFeedAsync(tenant, new RepId(id), ct) is { } state ? TypedResults.Ok(state) : Problems.NotFound("rep");
    }

    private static ValidationProblem? FindProblem(string? email, string? zone)
    {
        if (email is not null && !MailAddress.IsValid(email)) return Problems.Invalid("email", MailAddress.Invalid);
        return zone is not null && TimeZones.Find(zone) is null ? TimeZones.Unknown(zone) : null;
    }
}
