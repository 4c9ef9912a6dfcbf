using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Settings;

/// <summary>The public keys for the tag on the tenant's web sites.</summary>
internal static class SiteKeyEndpoints
{
    private const int MaxKeys = 20;

    public static void MapSiteKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/settings/site-keys").ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Settings");
        keys.MapGet("/", List).WithSummary("The site keys in use, and the address of the script for the tag");
        keys.MapPost("/", Create).ProducesProblem(409).WithSummary("Make a new site key; the others stay valid");
        keys.MapDelete("/{key}", Revoke).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Revoke a site key; tags with it stop to work at once");
    }

    private static async Task<Ok<SiteKeyList>> List(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        OwnHosts hosts,
        CancellationToken ct)
    {
        var tenant = tenants.Current();
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        var keys = await db.SiteKeys.Where(row => row.RevokedAt == null).OrderBy(row => row.CreatedAt)
            .Select(row => new SiteKeyInfo(row.Key, row.CreatedAt)).ToListAsync(ct);
        var origin = hosts.OriginFor(http);
        return TypedResults.Ok(new SiteKeyList($"{origin}/widget.js", $"{origin}/widget/{tenant.Slug}", keys));
    }

    private static async Task<Results<Ok<SiteKeyInfo>, ProblemHttpResult>> Create(
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TimeProvider clock,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        await db.LockAsync("site-keys", ct);
        if (await db.SiteKeys.CountAsync(row => row.RevokedAt == null, ct) >= MaxKeys)
            return Problems.Create(StatusCodes.Status409Conflict, $"There are already {MaxKeys} site keys. Revoke one first.");
        var key = SiteKey.New(db.TenantId);
        db.SiteKeys.Add(key);
        await db.CommitAsync(ct);
        return TypedResults.Ok(new SiteKeyInfo(key.Key, clock.GetUtcNow()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(
        string key,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TimeProvider clock,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        // Two requests must not revoke the last two keys at the same time.
        await db.LockAsync("site-keys", ct);
        var keys = await db.SiteKeys.Where(row => row.RevokedAt == null).ToListAsync(ct);
        if (keys.Find(row => row.Key == key) is not { } found)
            return Problems.Create(StatusCodes.Status404NotFound, "There is no such site key in use.");
        if (keys.Count == 1)
            return Problems.Create(StatusCodes.Status409Conflict, "This is the only site key. Make a new one first.");
        found.RevokedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return TypedResults.NoContent();
    }
}
