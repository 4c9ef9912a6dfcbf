using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Audit;

internal static class AuditEndpoints
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddSingleton(AuditTables.Tables).AddSingleton<AuditLog>();

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/audit", List).ForStaff(StaffArea.Audit).ProducesProblem(401).ProducesValidationProblem().WithTags("Audit")
            .WithSummary("List what members and programs have changed, newest first");

    private static async Task<Results<Ok<AuditPage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        AuditLog log,
        CancellationToken ct,
        string? query = null,
        string? after = null,
        int limit = 50)
    {
        if (limit is < 1 or > AuditLog.MaxLimit) return Problems.Invalid("limit", $"limit must be between 1 and {AuditLog.MaxLimit}.");
        (DateTimeOffset, Guid)? before = null;
        if (after is not null)
        {
            if (Position(after) is not { } position)
                return Problems.Invalid("after", "after must be the value of next from the previous page.");
            before = position;
        }

        return TypedResults.Ok(await log.ListAsync(tenants.Current().TenantId, query?.Trim(), before, limit, ct));
    }

    private static (DateTimeOffset At, Guid Id)? Position(string after)
    {
        var parts = after.Split('.', 2);
        return parts.Length == 2
            && long.TryParse(parts[0], out var ticks) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            && Guid.TryParse(parts[1], out var id)
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : null;
    }
}
