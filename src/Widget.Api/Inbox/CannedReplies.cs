using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>Prepared texts for replies. They belong to the tenant, and all reps share them.</summary>
internal static class CannedReplies
{
    private const int MaxReplies = 500;
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapCannedReplies(this IEndpointRouteBuilder routes)
    {
        var canned = routes.MapGroup("/api/inbox/canned").ForStaff(StaffArea.Conversations).ProducesProblem(401).WithTags("Inbox")
            .WithRequestSizeLimit(MaxRequestBytes);
        canned.MapGet("", List).WithSummary("List the prepared replies by title");
        canned.MapPost("", Add).Validate<CannedReplyRequest>().ProducesProblem(409).WithSummary("Add a prepared reply");
        canned.MapPut("/{id:guid}", Replace).Validate<CannedReplyRequest>().ProducesProblem(404).WithSummary("Replace a prepared reply");
        canned.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a prepared reply");
    }

    private static async Task<Ok<IReadOnlyList<CannedReply>>> List(
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        var rows = await db.CannedReplies.AsNoTracking().OrderBy(row => row.Title).ThenBy(row => row.Id).ToListAsync(ct);
        return TypedResults.Ok<IReadOnlyList<CannedReply>>([.. rows.Select(Show)]);
    }

    private static async Task<Results<Created<CannedReply>, ValidationProblem, ProblemHttpResult>> Add(
        CannedReplyRequest request,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TimeProvider clock,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.CannedReplies.CountAsync(ct) >= MaxReplies)
            return Problems.Create(StatusCodes.Status409Conflict, $"A tenant can have {MaxReplies} prepared replies. Delete one first.");
        var row = new CannedReplyRow
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(),
            Title = request.Title.Trim(),
            Text = request.Text.Trim(),
            UpdatedAt = clock.GetUtcNow(),
        };
        db.CannedReplies.Add(row);
        await db.CommitAsync(ct);
        return TypedResults.Created($"/api/inbox/canned/{row.Id}", Show(row));
    }

    private static async Task<Results<Ok<CannedReply>, ValidationProblem, ProblemHttpResult>> Replace(
        Guid id,
        CannedReplyRequest request,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TimeProvider clock,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        if (await db.CannedReplies.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } found) return NotFound();
        (found.Title, found.Text, found.UpdatedAt) = (request.Title.Trim(), request.Text.Trim(), clock.GetUtcNow());
        await db.CommitAsync(ct);
        return TypedResults.Ok(Show(found));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        var deleted = await db.CannedReplies.Where(row => row.Id == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted > 0 ? TypedResults.NoContent() : NotFound();
    }

    private static ProblemHttpResult NotFound() => Problems.NotFound("prepared reply");

    private static CannedReply Show(CannedReplyRow row) => new(row.Id, row.Title, row.Text, row.UpdatedAt);
}
