using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Configuration;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Rag.Tavus;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

internal static class TavusKnowledgeEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int MaxPublished = 1_000;
    private const int MaxShown = 100;

    public static void MapTavusKnowledge(this IEndpointRouteBuilder routes)
    {
        var knowledge = routes.MapGroup("/api/tavus/knowledge").ForStaff(StaffArea.Knowledge).ProducesProblem(401)
            .WithTags("Tavus").WithRequestSizeLimit(MaxRequestBytes);
        knowledge.MapGet("/", State).WithSummary("The state of the mirror of the tenant's knowledge at Tavus");
        knowledge.MapPost("/sync", Sync).ProducesProblem(409).WithSummary("Bring the mirror up to date now");
        knowledge.MapGet("/publish", Published).WithSummary("The tenant's documents that are published at Tavus");
        knowledge.MapPost("/publish", Publish)
            .Validate<PublishRequest>()
            .ProducesProblem(409)
            .WithSummary("Publish documents at Tavus, so that the avatar knows them");
        knowledge.MapDelete("/publish", Withdraw).WithSummary("Delete published documents at Tavus: the named ones, or all");
        routes.MapMethods($"{DocumentLinks.Path}/{{token}}", ["GET", "HEAD"], Document).WithTags("Tavus").ProducesProblem(404)
            .WithSummary("A published document, for Tavus to fetch by its link");
    }

    private static async Task<Ok<TavusKnowledgeState>> State(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        TenantDatabase database,
        TavusOptions search,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var current = await settings.ReadAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var mirror = await db.TavusKnowledge.AsNoTracking().SingleOrDefaultAsync(ct);
        var failed = await db.TavusDocuments.AsNoTracking()
            .Where(row => row.Error != null)
            .OrderBy(row => row.Name)
            .Take(MaxShown)
            .ToListAsync(ct);
        return TypedResults.Ok(new TavusKnowledgeState
        {
            On = current.UseTavusKB,
            SearchedBy = search.Endpoint is not null && current.TavusReplicaId is not null ? "search endpoint" : "mirror",
            SyncedAt = mirror?.SyncedAt,
            NextSyncAt = mirror?.DueAt,
            Running = mirror?.LeaseOwner is not null,
            Error = mirror?.Error,
            Documents = await db.TavusDocuments.CountAsync(ct),
            Ready = mirror?.Documents ?? 0,
            Passages = mirror?.Passages ?? 0,
            Failed = [.. failed.Select(row => new TavusDocumentTrouble(row.DocumentId, row.Name, row.Url, row.Error!, row.RetryAt))],
        });
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Sync(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        TavusKnowledgeTrigger trigger,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (!(await settings.ReadAsync(tenant, ct)).UseTavusKB)
        {
            return Problems.Create(
                StatusCodes.Status409Conflict,
                "useTavusKB is off in the tenant's settings. Switch it on to mirror the tenant's knowledge at Tavus.");
        }

        await trigger.SyncNowAsync(tenant, ct);
        return TypedResults.Accepted("/api/tavus/knowledge");
    }

    private static async Task<Ok<TavusPublications>> Published(
        IMultiTenantContextAccessor tenants,
        TavusPublisher publisher,
        TavusKnowledgeTrigger trigger,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var rows = await publisher.ListAsync(tenant, ct);
        // Check their state at Tavus soon, so that a later request shows it.
        if (rows.Any(row => row.Status is TavusPublicationStatus.Processing or TavusPublicationStatus.Waiting))
            await trigger.SyncSoonAsync(tenant, ct);

        return TypedResults.Ok(ToContract(rows));
    }

    private static async Task<Results<Accepted<TavusPublications>, ValidationProblem, ProblemHttpResult>> Publish(
        PublishRequest request,
        IMultiTenantContextAccessor tenants,
        TavusAccounts accounts,
        DocumentTexts texts,
        TavusPublisher publisher,
        TavusKnowledgeTrigger trigger,
        InstallationOptions options,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        if (options.PublicAddress is null) return Problems.Create(StatusCodes.Status409Conflict, TavusMessages.NoPublicAddress);
        if (await accounts.OfAsync(tenant, ct) is null) return Problems.Create(StatusCodes.Status409Conflict, TavusMessages.NoKey);
        if ((request.SourceIds?.Count ?? 0) + (request.DocumentIds?.Count ?? 0) == 0)
            return Problems.Invalid("documentIds", "Name the documents to publish, by documentIds or sourceIds.");
        var found = await texts.FindAsync(
            tenant,
            [.. (request.SourceIds ?? []).Select(id => new SourceId(id))],
            [.. (request.DocumentIds ?? []).Select(id => new DocumentId(id))],
            ct);
        if (found.Count == 0) return Problems.Invalid("documentIds", "The tenant has no such documents, or they have no text yet.");
        if (found.Count > MaxPublished)
            return Problems.Invalid("sourceIds", $"These are {found.Count} documents. At most {MaxPublished} can be published at once.");
        await publisher.PublishAsync(tenant, found, ct);
        await trigger.SyncNowAsync(tenant, ct);
        var rows = await publisher.ListAsync(tenant, ct);
        return TypedResults.Accepted("/api/tavus/knowledge/publish", ToContract(rows));
    }

    private static TavusPublications ToContract(IReadOnlyList<TavusPublication> rows) => new([.. rows.Select(row => row.ToContract())]);

    private static async Task<Accepted> Withdraw(
        IMultiTenantContextAccessor tenants,
        DocumentTexts texts,
        TavusPublisher publisher,
        TavusKnowledgeTrigger trigger,
        CancellationToken ct,
        Guid[]? sourceIds = null,
        Guid[]? documentIds = null)
    {
        var tenant = tenants.Current().TenantId;
        IReadOnlyCollection<(SourceId, string)>? named = null;
        if (sourceIds is { Length: > 0 } || documentIds is { Length: > 0 })
        {
            var found = await texts.FindAsync(
                tenant,
                [.. (sourceIds ?? []).Select(id => new SourceId(id))],
                [.. (documentIds ?? []).Select(id => new DocumentId(id))],
                ct);
            named = [.. found.Select(document => (document.SourceId, document.ExternalId))];
        }

        if (await publisher.WithdrawAsync(tenant, named, ct) > 0)
            await trigger.SyncNowAsync(tenant, ct);

        return TypedResults.Accepted("/api/tavus/knowledge/publish");
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> Document(
        string token,
        IMultiTenantContextAccessor tenants,
        DocumentLinks links,
        TavusPublisher publisher,
        HttpResponse response,
        CancellationToken ct)
    {
        if (links.Read(token) is not { } link || !tenants.Admits(link.Tenant)) return Problems.NotFound("document");
        if (await publisher.ReadAsync(link.Tenant, link.Publication, ct) is not { } text) return Problems.NotFound("document");
        response.Headers.CacheControl = "private, no-store";
        response.Headers["X-Robots-Tag"] = "noindex";
        return TypedResults.Text(text, "text/plain", System.Text.Encoding.UTF8);
    }
}
