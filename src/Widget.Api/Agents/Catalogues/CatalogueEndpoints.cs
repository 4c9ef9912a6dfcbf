using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;

namespace Widget.Api.Agents.Catalogues;

internal static class CatalogueEndpoints
{
    private const int MaxCatalogues = 20;
    private const string Busy = "This catalogue is being read right now. Try again in a minute.";

    public static void MapCatalogues(this RouteGroupBuilder agents)
    {
        agents.MapPost("/import", Import).Validate<AgentImportRequest>().ProducesProblem(409).ProducesProblem(502)
            .WithSummary("Import agents from a catalogue of another system, and read it again regularly");
        agents.MapGet("/catalogues", List).WithSummary("List the catalogues that agents are imported from");
        agents.MapPost("/catalogues/{id:guid}/refresh", Refresh).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Read a catalogue again now");
        agents.MapDelete("/catalogues/{id:guid}", Remove).ProducesProblem(404)
            .WithSummary("Remove a catalogue and the agents that came from it");
    }

    private static async Task<Results<Ok<AgentCatalogue>, ValidationProblem, ProblemHttpResult>> Import(
        AgentImportRequest request,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CatalogueImporter importer,
        FetchOptions fetching,
        TimeProvider clock,
        CancellationToken ct)
    {
        const string example = "https://companions.example.com/api/companions";
        var (url, urlError) = TenantAddresses.ReadServer("url", request.Url, example, fetching);
        if (url is null) return Problems.Invalid("url", urlError!);
        var tenant = tenants.Current().TenantId;
        Guid id;
        bool isNew;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await db.LockAsync("agent catalogues", ct);
            var existing = await db.AgentCatalogues.SingleOrDefaultAsync(row => row.Url == url.AbsoluteUri, ct);
            isNew = existing is null;
            if (isNew && await db.AgentCatalogues.CountAsync(ct) >= MaxCatalogues)
            {
                return Problems.Create(
                    StatusCodes.Status409Conflict,
                    $"There can be at most {MaxCatalogues} catalogues. Remove one first.");
            }

            id = existing?.Id ?? Guid.CreateVersion7();
            if (existing is not null) existing.RefreshHours = request.RefreshHours;
            else
            {
                db.AgentCatalogues.Add(new AgentCatalogueRow
                {
                    TenantId = tenant,
                    Id = id,
                    Url = url.AbsoluteUri,
                    RefreshHours = request.RefreshHours,
                    // This request reads it. If the node stops meanwhile, a worker does.
                    DueAt = clock.GetUtcNow() + CatalogueImporter.LeaseTime,
                });
            }

            await db.CommitAsync(ct);
        }

        if (await importer.ClaimAsync(tenant, id, ct) is not { } lease) return Problems.Create(StatusCodes.Status409Conflict, Busy);
        await importer.RunAsync(lease, ct);
        var catalogue = await FindAsync(database, tenant, id, ct);
        if (catalogue is null) return Problems.NotFound("catalogue");
        if (!isNew || catalogue.Error is not { } error) return TypedResults.Ok(catalogue);
        // A wrong address is not kept.
        await RemoveAsync(database, tenant, id, ct);
        return Problems.Create(StatusCodes.Status502BadGateway, $"The catalogue can't be imported. {error}");
    }

    private static async Task<Ok<IReadOnlyList<AgentCatalogue>>> List(
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenants.Current().TenantId, ct);
        var rows = await db.AgentCatalogues.AsNoTracking().OrderBy(row => row.CreatedAt).ToListAsync(ct);
        return TypedResults.Ok<IReadOnlyList<AgentCatalogue>>(rows.ConvertAll(Show));
    }

    private static async Task<Results<Ok<AgentCatalogue>, ProblemHttpResult>> Refresh(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CatalogueImporter importer,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (await FindAsync(database, tenant, id, ct) is null) return Problems.NotFound("catalogue");
        if (await importer.ClaimAsync(tenant, id, ct) is not { } lease) return Problems.Create(StatusCodes.Status409Conflict, Busy);
        await importer.RunAsync(lease, ct);
        return await FindAsync(database, tenant, id, ct) is { } catalogue ? TypedResults.Ok(catalogue) : Problems.NotFound("catalogue");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        CancellationToken ct) =>
        await RemoveAsync(database, tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : Problems.NotFound("catalogue");

    private static async Task<bool> RemoveAsync(TenantDatabase database, TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.AgentCatalogues.Where(row => row.Id == id).ExecuteDeleteAsync(ct) == 0) return false;
        await db.CommitAsync(ct);
        return true;
    }

    private static async Task<AgentCatalogue?> FindAsync(TenantDatabase database, TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.AgentCatalogues.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } row ? Show(row) : null;
    }

    private static AgentCatalogue Show(AgentCatalogueRow row) => new()
    {
        Id = row.Id,
        Url = row.Url,
        RefreshHours = row.RefreshHours,
        Agents = row.Agents,
        Problems = JsonSerializer.Deserialize<IReadOnlyList<AgentImportProblem>>(row.Problems, JsonSerializerOptions.Web)!,
        Error = row.Error,
        RefreshedAt = row.RefreshedAt,
        NextRefreshAt = row.DueAt,
    };
}
