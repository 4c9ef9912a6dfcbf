using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Api.Knowledge;

internal static class SourceEndpoints
{
    public static void MapSources(this RouteGroupBuilder knowledge)
    {
        var sources = knowledge.MapGroup("/sources");
        sources.MapGet("/", List).WithSummary("List the tenant's sources, oldest first");
        sources.MapPost("/", Create)
            .Validate<CreateSourceRequest>()
            .ProducesProblem(409)
            .WithSummary("Add a source; a page or site is read immediately");
        sources.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("Get a source and its state");
        sources.MapPatch("/{id:guid}", Change)
            .Validate<ChangeSourceRequest>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Change a source; fields that are left out do not change");
        sources.MapDelete("/{id:guid}", Delete)
            .ProducesProblem(404)
            .WithSummary("Delete a source and its documents. A job does this; the source exists until the job is finished");
        sources.MapPost("/{id:guid}/retry", Retry)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Retry the documents that failed; a page or site is read again as a whole");
        sources.MapPost("/{id:guid}/crawl", Crawl)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Read a page or site again now");
        sources.MapPost("/{id:guid}/pages", ReadPage)
            .Validate<ReadPageRequest>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Read one page of a site now, again or for the first time");
        knowledge.MapGet("/pages/check", Check)
            .WithSummary("Find out why a page is missing, from the last crawl and from the page's server now");
    }

    private static async Task<Results<Ok<SourcePage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct,
        string? kind = null,
        int offset = 0,
        int limit = 50)
    {
        var sourceKind = KnowledgeRules.ParseName<SourceKind>(kind, out var isValid);
        if (!isValid) return Problems.Invalid("kind", KnowledgeRules.NameError<SourceKind>("kind"));
        var (page, total) = await sources.ListAsync(
            tenants.Current().TenantId,
            sourceKind,
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.MaxPageSize),
            ct);
        return TypedResults.Ok(new SourcePage([.. page.Select(source => source.ToDetail())], total));
    }

    private static async Task<Results<Created<SourceDetail>, ValidationProblem, ProblemHttpResult>> Create(
        CreateSourceRequest request,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct)
    {
        if (SourceRequests.Problem(request) is { } problem) return Problems.Invalid(problem.Field, problem.Error);
        var tenant = tenants.Current().TenantId;
        var kind = request.Kind!.Value;
        var address = kind.IsFetched() ? new Uri(request.Url!) : null;
        var created = await sources.CreateAsync(
            tenant,
            kind.ToKind(),
            KnowledgeRules.CleanName(request.Name) ?? "",
            address,
            KnowledgeRules.TrimAll(request.Tags),
            request.Schedule.ToSchedule(),
            SourceRequests.Rules(request, address),
            ct);
        if (created is not { } id)
        {
            return Problems.Create(
                StatusCodes.Status409Conflict,
                kind.IsFetched()
                    ? $"There is already a {kind.ToString().ToLowerInvariant()} with this address."
                    : SourceRequests.NameTaken);
        }

        var source = (await sources.FindAsync(tenant, id, ct))!;
        return TypedResults.Created($"/api/knowledge/sources/{id}", source.ToDetail());
    }

    private static async Task<Results<Ok<SourceDetail>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct) =>
        await sources.FindAsync(tenants.Current().TenantId, new SourceId(id), ct) is { } source
            ? TypedResults.Ok(source.ToDetail())
            : Problems.NotFound("source");

    private static async Task<Results<Ok<SourceDetail>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        ChangeSourceRequest request,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct)
    {
        if (SourceRequests.Problem(request) is { } problem) return Problems.Invalid(problem.Field, problem.Error);
        var tenant = tenants.Current().TenantId;
        if (await sources.FindAsync(tenant, new SourceId(id), ct) is not { } source) return Problems.NotFound("source");
        if (SourceRequests.Problem(request, source) is { } contradiction) return Problems.Invalid(contradiction.Field, contradiction.Error);
        return await sources.ChangeAsync(tenant, new SourceId(id), SourceRequests.Change(request, source), ct) switch
        {
            null => Problems.Create(StatusCodes.Status409Conflict, SourceRequests.NameTaken),
            false => Problems.Create(StatusCodes.Status409Conflict, "This source is being deleted."),
            true => TypedResults.Ok((await sources.FindAsync(tenant, new SourceId(id), ct))!.ToDetail()),
        };
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct) =>
        await sources.DeleteAsync(tenants.Current().TenantId, new SourceId(id), ct)
            ? TypedResults.Accepted($"/api/knowledge/sources/{id}")
            : Problems.NotFound("source");

    private static async Task<Results<Accepted<JobAccepted>, ProblemHttpResult>> Retry(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct) =>
        ToResult(await sources.RetryAsync(tenants.Current().TenantId, new SourceId(id), ct));

    private static async Task<Results<Accepted<JobAccepted>, ProblemHttpResult>> Crawl(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct) =>
        ToResult(await sources.CrawlAsync(tenants.Current().TenantId, new SourceId(id), ct));

    private static async Task<Results<Accepted<JobAccepted>, ValidationProblem, ProblemHttpResult>> ReadPage(
        Guid id,
        ReadPageRequest request,
        IMultiTenantContextAccessor tenants,
        SinglePages pages,
        CancellationToken ct)
    {
        if (KnowledgeRules.Url(request.Url) is { } problem) return Problems.Invalid(problem.Field, problem.Error);
        var run = await pages.ReadAsync(tenants.Current().TenantId, new SourceId(id), new Uri(request.Url), ct);
        return run.Job is { } job
            ? TypedResults.Accepted($"/api/knowledge/jobs/{job}", new JobAccepted(job.Value))
            : run is { Found: true, Reason: { } reason }
                ? Problems.Create(StatusCodes.Status409Conflict, reason)
                : Problems.NotFound("source");
    }

    private static async Task<Results<Ok<PageCheck>, ValidationProblem>> Check(
        IMultiTenantContextAccessor tenants,
        PageInspector inspector,
        CancellationToken ct,
        string? url = null)
    {
        if (url is not { Length: > 0 and <= 2_000 } || KnowledgeRules.Url(url) is not null)
            return Problems.Invalid("url", KnowledgeRules.UrlError);
        var report = await inspector.InspectAsync(tenants.Current().TenantId, new Uri(url), ct);
        return TypedResults.Ok(new PageCheck(
            report.Address.AbsoluteUri,
            report.Verdict.ToName(),
            report.Detail,
            report.Document?.Value,
            report.Source?.Value));
    }

    internal static Results<Accepted<JobAccepted>, ProblemHttpResult> ToResult(SourceRun run, string what = "source") => run switch
    {
        { Job: { } job } => TypedResults.Accepted($"/api/knowledge/jobs/{job}", new JobAccepted(job.Value)),
        { Found: true, Reason: { } reason } => Problems.Create(StatusCodes.Status409Conflict, reason),
        _ => Problems.NotFound(what),
    };
}
