using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Search;

internal static class SearchEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;

    public static void MapSearch(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/search").ForStaff(StaffArea.Knowledge).ReadsOnly().ProducesProblem(401).WithTags("Search")
            .WithRequestSizeLimit(MaxRequestBytes)
            .MapPost("/", Search).LimitedAs(Limit.Searches).Validate<SearchRequest>()
            .WithSummary("Search the tenant's knowledge; the trace tells how the hits were found");

    private static async Task<Results<Ok<SearchResponse>, ProblemHttpResult>> Search(
        SearchRequest request,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        HybridSearch search,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        try
        {
            var result = await search.SearchAsync(
                new KnowledgeQuery { TenantId = tenant, Text = request.Query, Limit = request.Limit, Filter = ToFilter(request.Filter) },
                SearchPlans.For(
                    SearchPlans.WithWeight(await settings.ReadAsync(tenant, ct), request.TavusKBWeight),
                    request.Strategy),
                ct);
            return TypedResults.Ok(new SearchResponse(
                [.. result.Hits.Select(SearchReports.ToHit)],
                result.Confidence,
                SearchReports.ToReport(result.Trace)));
        }
        catch (SearchUnavailableException)
        {
            return Problems.Create(
                StatusCodes.Status503ServiceUnavailable,
                "None of the knowledge bases answered. Please try again in a moment.");
        }
    }

    private static KnowledgeFilter ToFilter(SearchFilter? filter) => filter is null ? KnowledgeFilter.None : new KnowledgeFilter
    {
        Sources = [.. filter.Sources.Select(id => new SourceId(id))],
        Tags = filter.Tags,
        Kinds = [.. filter.Kinds.Select(kind => kind.ToKind())],
        Languages = filter.Languages,
    };
}
