using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Handoffs;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>
/// Bans visitors. A banned visitor can read, but not write. The ban applies to the visitor's id. A visitor who deletes the browser's
/// storage gets a new id; the limits on sessions slow that down.
/// </summary>
internal static class BanEndpoints
{
    public static void MapBans(this IEndpointRouteBuilder routes)
    {
        var visitor = routes.MapGroup("/api/visitors/{id:guid}").ForStaff(StaffArea.Conversations)
            .ProducesProblem(401).ProducesProblem(404).WithTags("Inbox");
        visitor.MapPost("/ban", Ban).Validate<BanRequest>().WithSummary("Ban a visitor, who can then send no more messages");
        visitor.MapDelete("/ban", Lift).WithSummary("Lift a visitor's ban");
    }

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> Ban(
        Guid id,
        BanRequest request,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        ActingRep acting,
        TenantDatabase database,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        Guid? author = null;
        // A program need not say who bans.
        if (request.RepId is not null || MemberAuthentication.MemberOf(http.User) is not null)
        {
            var (rep, invalid) = await acting.FindAsync(request.RepId, ct);
            if (rep is null) return invalid!;
            author = rep.Id;
        }

        await using var batch = database.Batch(tenant).Add(
            """
            with visitor as (select id from visitors where tenant_id = $1 and id = $2), banned as (
              insert into visitor_bans (tenant_id, visitor_id, rep_id, reason) select $1, id, $3, $4 from visitor
              on conflict (tenant_id, visitor_id) do nothing)
            select 1 from visitor
            """,
            [tenant.Value, id, Handoff.Uuid(author), Handoff.Text(request.Reason?.Trim())]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? TypedResults.NoContent() : Problems.NotFound("visitor");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Lift(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        await using var batch = database.Batch(tenant)
            .Add("delete from visitor_bans where tenant_id = $1 and visitor_id = $2 returning 1", [tenant.Value, id]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? TypedResults.NoContent() : Problems.NotFound("ban");
    }
}
