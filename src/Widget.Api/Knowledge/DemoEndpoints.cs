using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Rag.Own;

namespace Widget.Api.Knowledge;

internal static class DemoEndpoints
{
    public static void MapDemos(this RouteGroupBuilder knowledge)
    {
        var demos = knowledge.MapGroup("/demos");
        demos.MapGet("/", List).WithSummary("List the demos, by title");
        demos.MapPost("/", Add).Validate<DemoRequest>().WithSummary("Add a demo: a clip, an image, a slide or a page to embed");
        demos.MapGet("/{id:guid}", Get).ProducesProblem(404).WithSummary("Get a demo, and whether it is searchable yet");
        demos.MapPut("/{id:guid}", Change).Validate<DemoRequest>().ProducesProblem(404).WithSummary("Replace a demo");
        demos.MapDelete("/{id:guid}", Delete).ProducesProblem(404).WithSummary("Delete a demo");
    }

    private static async Task<Ok<DemoPage>> List(
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct,
        int offset = 0,
        int limit = 50)
    {
        var (demos, total) = await typed.DemosAsync(
            tenants.Current().TenantId,
            Math.Max(0, offset),
            Math.Clamp(limit, 1, KnowledgeRules.MaxPageSize),
            ct);
        return TypedResults.Ok(new DemoPage([.. demos.Select(demo => ToDetail(demo.Entry, demo.Status))], total));
    }

    private static async Task<Results<Created<DemoDetail>, ValidationProblem>> Add(
        DemoRequest request,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct)
    {
        if (FindError(request) is { } error) return Problems.Invalid(error.Field, error.Error);
        var tenant = tenants.Current().TenantId;
        var demo = await typed.AddDemoAsync(
            tenant,
            source => Fill(
                new Demo { TenantId = tenant, Id = DemoId.New(), SourceId = source, Kind = default, Url = "", Title = "", ShowWhen = "" },
                request),
            ct);
        return TypedResults.Created($"/api/knowledge/demos/{demo.Id}", ToDetail(demo, new EntryStatus(EntryState.Queued, null)));
    }

    private static async Task<Results<Ok<DemoDetail>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct) =>
        await typed.FindAsync(tenants.Current().TenantId, new DemoId(id), ct) is { } found
            ? TypedResults.Ok(ToDetail(found.Entry, found.Status))
            : Problems.NotFound("demo");

    private static async Task<Results<Ok<DemoDetail>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        DemoRequest request,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct)
    {
        if (FindError(request) is { } error) return Problems.Invalid(error.Field, error.Error);
        var tenant = tenants.Current().TenantId;
        if (!await typed.ChangeAsync(tenant, new DemoId(id), demo => Fill(demo, request), ct)) return Problems.NotFound("demo");
        return await typed.FindAsync(tenant, new DemoId(id), ct) is { } found
            ? TypedResults.Ok(ToDetail(found.Entry, found.Status))
            : Problems.NotFound("demo");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id,
        IMultiTenantContextAccessor tenants,
        TypedKnowledge typed,
        CancellationToken ct) =>
        await typed.DeleteAsync(tenants.Current().TenantId, new DemoId(id), ct) ? TypedResults.NoContent() : Problems.NotFound("demo");

    private static (string Field, string Error)? FindError(DemoRequest request)
    {
        if (KnowledgeRules.Url(request.Url) is { } url) return url;
        if (request.Kind != DemoKindName.Video && request.Start is not null) return ("start", "Only a video has a start.");
        if (request.Kind != DemoKindName.Video && request.End is not null) return ("end", "Only a video has an end.");
        if (request.End <= (request.Start ?? 0)) return ("end", "The end must come after the start.");
        if (request.Kind == DemoKindName.Slide && request.Page is null) return ("page", "A slide needs a page, from 1.");
        if (request.Kind != DemoKindName.Slide && request.Page is not null) return ("page", "Only a slide has a page.");
        return KnowledgeRules.Tags(request.Tags) ?? KnowledgeRules.Language(KnowledgeRules.TrimToNull(request.Language));
    }

    private static Demo Fill(Demo demo, DemoRequest request)
    {
        demo.Kind = request.Kind!.Value.ToKind();
        demo.Url = request.Url;
        demo.StartAt = request.Start;
        demo.EndAt = request.End;
        demo.Page = request.Page;
        demo.Title = VisibleText.Line(request.Title);
        demo.Description = request.Description.Trim();
        demo.ShowWhen = request.ShowWhen.Trim();
        demo.Language = KnowledgeRules.TrimToNull(request.Language);
        demo.Tags = KnowledgeRules.TrimAll(request.Tags);
        return demo;
    }

    private static DemoDetail ToDetail(Demo demo, EntryStatus status) => new(
        demo.Id.Value,
        demo.Kind.ToName(),
        demo.Url,
        demo.StartAt,
        demo.EndAt,
        demo.Page,
        VisibleText.Line(demo.Title),
        demo.Description,
        demo.ShowWhen,
        demo.Tags,
        demo.Language,
        demo.UpdatedAt,
        status.State.ToName(),
        status.Error);
}
