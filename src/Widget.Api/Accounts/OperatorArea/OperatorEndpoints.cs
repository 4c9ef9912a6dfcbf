using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Widget.Api.Accounts.Team;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Accounts.OperatorArea;

/// <summary>The operator area: companies, jobs and health. It shows figures, and nothing that people wrote.</summary>
internal static class OperatorEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private static readonly TimeSpan MaxAccess = TimeSpan.FromDays(30);

    public static void MapOperator(this IEndpointRouteBuilder routes)
    {
        var area = routes.MapGroup("/api/operator").RequireAuthorization(AccountPolicies.Operator).ProducesProblem(401).ProducesProblem(403)
            .WithTags("Operator").WithRequestSizeLimit(MaxRequestBytes).WithMetadata(WithoutTenant.Instance);
        area.MapGet("/tenants", List).WithSummary("List all companies with their usage of this month");
        area.MapPost("/tenants", Create).Validate<OperatorTenantRequest>().ProducesProblem(409)
            .WithSummary("Create a company and invite its first owner");
        area.MapPatch("/tenants/{id:guid}", Change).ProducesValidationProblem().ProducesProblem(404)
            .WithSummary("Suspend or resume a company, or set its ceilings");
        area.MapGet("/jobs", Jobs).WithSummary("Count the jobs of all companies by state and by reason of failure");
        area.MapGet("/health", Health).WithSummary("Get the health of the node that answers");
    }

    public static void MapOperatorAccess(this IEndpointRouteBuilder routes)
    {
        var access = routes.MapGroup("/api/settings/operator-access").ForStaff(StaffArea.Privacy).ProducesProblem(401)
            .WithTags("Settings");
        access.MapGet("", ReadAccess).WithSummary("Check whether the installation's operator may see the company's conversations");
        access.MapPut("", SaveAccess).Validate<OperatorAccessRequest>()
            .WithSummary("Let the installation's operator see the company's conversations for a time, or end it");
    }

    private static async Task<Ok<IReadOnlyList<OperatorTenant>>> List(OperatorQueries queries, CancellationToken ct) =>
        TypedResults.Ok(await queries.TenantsAsync(ct));

    private static async Task<Results<Created<OperatorCreatedTenant>, ValidationProblem, ProblemHttpResult>> Create(
        OperatorTenantRequest request,
        TenantCreation tenants,
        TeamService team,
        OperatorQueries queries,
        CancellationToken ct)
    {
        if (!Tenant.SlugPattern().IsMatch(request.Slug))
            return Problems.Invalid("slug", $"slug is not valid. {TenantCreation.InvalidSlug}");
        if (!MailAddress.IsValid(request.OwnerEmail)) return Problems.Invalid("ownerEmail", "ownerEmail is not an e-mail address.");
        TenantInfo tenant;
        await using (var created = await tenants.BeginAsync(request.Slug, GivenText.Line(request.Name), [], ct))
        {
            if (created is null) return Problems.Create(409, "There is already a company with this name in URLs.", "slug_taken");
            await created.Db.CommitAsync(ct);
            tenant = new TenantInfo(created.TenantId, created.Slug, GivenText.Line(request.Name));
        }

        var (_, invitation) = await team.InviteAsync(tenant, request.OwnerEmail, Role.Owner, invitedBy: null, ct);
        var shown = (await queries.TenantsAsync(ct)).Single(row => row.TenantId == tenant.TenantId.Value);
        return TypedResults.Created((string?)null, new OperatorCreatedTenant(shown, invitation!));
    }

    private static async Task<Results<Ok<OperatorTenant>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        OperatorTenantChanges changes,
        TenantDatabase database,
        TenantLimits limits,
        SuspendedTenants suspended,
        OperatorQueries queries,
        TimeProvider clock,
        CancellationToken ct)
    {
        if (changes.Limits is { } given && Validation.FindErrors(given) is { Count: > 0 } errors)
            return TypedResults.ValidationProblem(errors, title: errors.Values.First()[0]);
        await using (var db = await database.BeginAsync(new TenantId(id), ct))
        {
            if (await db.Tenants.SingleOrDefaultAsync(ct) is not { } tenant) return Problems.NotFound("company");
            if (changes.Suspended is { } isSuspended) tenant.SuspendedAt = isSuspended ? tenant.SuspendedAt ?? clock.GetUtcNow() : null;
            await db.CommitAsync(ct);
        }

        suspended.Forget();
        if (changes.Limits is { } ceilings)
            await limits.SaveAsync(new TenantId(id), ceilings.MonthlyMessages, ceilings.MonthlyTokens, ct);
        return (await queries.TenantsAsync(ct)).FirstOrDefault(row => row.TenantId == id) is { } shown
            ? TypedResults.Ok(shown)
            : Problems.NotFound("company");
    }

    private static async Task<Ok<IReadOnlyList<OperatorJobs>>> Jobs(OperatorQueries queries, CancellationToken ct) =>
        TypedResults.Ok(await queries.JobsAsync(ct));

    private static async Task<Ok<HealthState>> Health(HealthCheckService health, CancellationToken ct) =>
        TypedResults.Ok(Readiness.Describe(await health.CheckHealthAsync(check => check.Tags.Contains(Readiness.Tag), ct)));

    private static async Task<Ok<OperatorAccessState>> ReadAccess(
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TimeProvider clock,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        var row = await db.OperatorAccess.AsNoTracking().SingleOrDefaultAsync(ct);
        return TypedResults.Ok(
            row is not null && row.Until > clock.GetUtcNow()
                ? new OperatorAccessState(row.Until, row.GrantedBy)
                : new OperatorAccessState(null, null));
    }

    private static async Task<Results<Ok<OperatorAccessState>, ValidationProblem>> SaveAccess(
        OperatorAccessRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TimeProvider clock,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (request.Until is { } wanted && (wanted <= now || wanted > now + MaxAccess))
            return Problems.Invalid("until", "until must be in the future, at most 30 days ahead.");
        var tenant = tenants.Current().TenantId;
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("operator access", ct);
        await db.OperatorAccess.ExecuteDeleteAsync(ct);
        var state = new OperatorAccessState(null, null);
        if (request.Until is { } until)
        {
            state = new OperatorAccessState(until.ToUniversalTime(), MemberAuthentication.NameOf(http.User) ?? "API");
            db.OperatorAccess.Add(
                new OperatorAccessRow { TenantId = tenant, Until = state.Until!.Value, GrantedBy = state.GrantedBy! });
        }

        await db.CommitAsync(ct);
        return TypedResults.Ok(state);
    }
}
