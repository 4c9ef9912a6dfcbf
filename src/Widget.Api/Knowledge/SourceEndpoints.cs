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
        sources.MapGet("/", List).WithSummary("The tenant's sources, oldest first");
        sources.MapPost("/", Create)
            .Validate<CreateSourceRequest>()
            .ProducesProblem(409)
            .WithSummary("Add a source; a page or site is read at once");
        sources.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("A source and how it is doing");
        sources.MapPatch("/{id:guid}", Change)
            .Validate<ChangeSourceRequest>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Change a source; what is left out stays");
        sources.MapDelete("/{id:guid}", Delete)
            .ProducesProblem(404)
            .WithSummary("Delete a source and everything made from it; done by a job, so look again until it is gone");
        sources.MapPost("/{id:guid}/retry", Retry)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .WithSummary("Try again what failed; a page or site as a whole");
        sources.MapPost("/{id:guid}/crawl", Crawl).ProducesProblem(404).ProducesProblem(409).WithSummary("Read a page or site again, now");
    }

    private static async Task<Results<Ok<SourcePage>, ValidationProblem>> List(
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct,
        string? kind = null,
        int offset = 0,
        int limit = 50)
    {
        var wanted = KnowledgeRules.Named<SourceKind>(kind, out var known);
        if (!known) return Problems.Invalid("kind", KnowledgeRules.NameError<SourceKind>("kind"));
        var (page, total) = await sources.ListAsync(
            tenants.Current().TenantId,
            wanted,
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.LargestPage),
            ct);
        return TypedResults.Ok(new SourcePage([.. page.Select(Detail)], total));
    }

    private static async Task<Results<Created<SourceDetail>, ValidationProblem, ProblemHttpResult>> Create(
        CreateSourceRequest request,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct)
    {
        var kind = request.Kind!.Value;
        var name = KnowledgeRules.Name(request.Name) ?? "";
        var fetched = kind is SourceKindName.Page or SourceKindName.Site;
        if (kind is SourceKindName.Answers or SourceKindName.Demos)
        {
            return Problems.Invalid(
                "kind",
                $"The source of {kind.ToString().ToLowerInvariant()} is made by itself when the first is added.");
        }

        if (fetched && request.Url is null) return Problems.Invalid("url", KnowledgeRules.UrlError);
        if (!fetched && request.Url is not null) return Problems.Invalid("url", "Only pages and sites have a url.");
        if (!fetched && name.Length == 0)
            return Problems.Invalid("name", "An import or upload needs a name, which tells it apart from the default one.");
        if (!fetched && request.Schedule != ScheduleName.None)
            return Problems.Invalid("schedule", "Only pages and sites can be read again by themselves.");
        if ((KnowledgeRules.Url(request.Url) ?? KnowledgeRules.Tags(request.Tags) ?? KnowledgeRules.Language(
            KnowledgeRules.Blank(request.Language))
            ?? KnowledgeRules.Patterns("include", request.Include) ?? KnowledgeRules.Patterns("exclude", request.Exclude)) is { } problem)
        {
            return Problems.Invalid(problem.Field, problem.Error);
        }

        var tenant = tenants.Current().TenantId;
        var address = fetched ? new Uri(request.Url!) : null;
        var rules = kind switch
        {
            SourceKindName.Site => SiteRules(address!, request.MaxPages, request.MaxDepth, request.Include, request.Exclude),
            SourceKindName.Page => new CrawlRules
            {
                Discovery = Discovery.Given,
                PageLimit = 1,
                Title = KnowledgeRules.Blank(request.Title),
                Language = KnowledgeRules.Blank(request.Language),
            },
            _ => new CrawlRules(),
        };
        if (await sources.CreateAsync(tenant, kind.ToKind(), name, address, KnowledgeRules.Trimmed(request.Tags), request.Schedule.ToSchedule(), rules, ct) is not { } id)
        {
            return Problems.Because(
                StatusCodes.Status409Conflict,
                fetched
                    ? $"There is already a {kind.ToString().ToLowerInvariant()} of this address."
                    : "There is already one of this name.");
        }

        var source = (await sources.FindAsync(tenant, id, ct))!;
        return TypedResults.Created($"/api/knowledge/sources/{id}", Detail(source));
    }

    private static async Task<Results<Ok<SourceDetail>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct) =>
        await sources.FindAsync(tenants.Current().TenantId, new SourceId(id), ct) is { } source
            ? TypedResults.Ok(Detail(source))
            : Problems.NotFound("source");

    private static async Task<Results<Ok<SourceDetail>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        ChangeSourceRequest request,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct)
    {
        if ((KnowledgeRules.Tags(request.Tags) ?? KnowledgeRules.Patterns("include", request.Include) ?? KnowledgeRules.Patterns("exclude", request.Exclude)) is { } problem)
            return Problems.Invalid(problem.Field, problem.Error);
        var tenant = tenants.Current().TenantId;
        if (await sources.FindAsync(tenant, new SourceId(id), ct) is not { } source) return Problems.NotFound("source");
        var fetched = source.Kind is SourceKind.Page or SourceKind.Site;
        if (!fetched && request.Schedule is not (null or ScheduleName.None))
            return Problems.Invalid("schedule", "Only pages and sites can be read again by themselves.");
        if (source.Kind is SourceKind.Import or SourceKind.Upload && source.Name.Length > 0 && request.Name is { } empty && KnowledgeRules.Name(empty) is null)
            return Problems.Invalid("name", "An import or upload needs a name, which tells it apart from the default one.");
        var change = new SourceChange(
            request.Name is { } renamed ? KnowledgeRules.Name(renamed) ?? "" : null,
            request.Tags is null ? null : KnowledgeRules.Trimmed(request.Tags),
            request.Schedule?.ToSchedule(),
            source.Kind != SourceKind.Site
                ? null
                : rules => rules with
                {
                    PageLimit = request.MaxPages ?? rules.PageLimit,
                    MaxDepth = request.MaxDepth ?? rules.MaxDepth,
                    Include = request.Include ?? rules.Include,
                    Exclude = request.Exclude ?? rules.Exclude,
                });
        return await sources.ChangeAsync(tenant, new SourceId(id), change, ct) switch
        {
            null => Problems.Because(StatusCodes.Status409Conflict, "There is already one of this name."),
            false => Problems.Because(StatusCodes.Status409Conflict, "This source is being deleted."),
            true => TypedResults.Ok(Detail((await sources.FindAsync(tenant, new SourceId(id), ct))!)),
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
        Ran(await sources.RetryAsync(tenants.Current().TenantId, new SourceId(id), ct));

    private static async Task<Results<Accepted<JobAccepted>, ProblemHttpResult>> Crawl(
        Guid id,
        IMultiTenantContextAccessor tenants,
        SourceCatalog sources,
        CancellationToken ct) =>
        Ran(await sources.CrawlAsync(tenants.Current().TenantId, new SourceId(id), ct));

    private static Results<Accepted<JobAccepted>, ProblemHttpResult> Ran(SourceRun run) => run switch
    {
        { Job: { } job } => TypedResults.Accepted($"/api/knowledge/jobs/{job}", new JobAccepted(job.Value)),
        { Found: true, Reason: { } reason } => Problems.Because(StatusCodes.Status409Conflict, reason),
        _ => Problems.NotFound("source"),
    };

    /// <summary>How a site is read: by its site map when the address is one, else by its links.</summary>
    internal static CrawlRules SiteRules(
        Uri address,
        int maxPages,
        int? maxDepth,
        IReadOnlyList<string>? include,
        IReadOnlyList<string>? exclude) => new()
    {
        Discovery = IsSiteMap(address) ? Discovery.SiteMap : Discovery.Links,
        PageLimit = maxPages,
        MaxDepth = maxDepth,
        Include = include ?? [],
        Exclude = exclude ?? [],
    };

    private static bool IsSiteMap(Uri address) =>
        address.AbsolutePath.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
            || address.AbsolutePath.EndsWith(".xml.gz", StringComparison.OrdinalIgnoreCase);

    private static SourceDetail Detail(SourceReport source) => new(
        source.Id.Value,
        source.Kind.ToName(),
        source.Name,
        source.Url,
        source.Tags,
        source.Deleting ? SourceStatusName.Deleting : source.Status?.ToSourceStatus() ?? SourceStatusName.Idle,
        source.Job is { } job ? new SourceProgress(job.Value, source.Done, source.Total) : null,
        source.Documents,
        source.Passages,
        source.Failed,
        source.LastError,
        source.CreatedAt,
        source.LastRunAt,
        source.NextRunAt,
        source.Kind is SourceKind.Page or SourceKind.Site
            ? new SourceCrawl(
                source.Schedule.ToName(),
                source.Rules.PageLimit,
                source.Rules.MaxDepth,
                source.Rules.Include,
                source.Rules.Exclude,
                source.Rules.Title,
                source.Rules.Language)
            : null);
}
