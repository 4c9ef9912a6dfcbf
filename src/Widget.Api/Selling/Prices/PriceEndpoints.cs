using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Selling.Prices;

internal static class PriceEndpoints
{
    private const long MaxRequestBytes = 64 * 1024;
    private const int MaxTags = 50;
    private const int MaxTagLength = 100;

    public static void MapPrices(this IEndpointRouteBuilder routes)
    {
        var prices = routes.MapGroup("/api/prices").ForStaff(StaffArea.Knowledge).ProducesProblem(401).WithTags("Prices")
            .WithRequestSizeLimit(MaxRequestBytes);
        prices.MapEntries<PriceService, PriceList, PriceDetail>(
            "",
            "price",
            "List the prices, by name",
            async (entries, tenant, ct) => new PriceList(await entries.ListAsync(tenant, ct)),
            (entries, tenant, id, ct) => entries.FindAsync(tenant, id, ct),
            (entries, tenant, id, ct) => entries.DeleteAsync(tenant, id, ct));
        prices.MapPost("", Add).Validate<PriceRequest>().ProducesProblem(409)
            .WithSummary("Add a price that the assistant may tell visitors");
        prices.MapPut("/{id:guid}", Change).Validate<PriceRequest>().ProducesProblem(404).WithSummary("Replace a price");
    }

    private static async Task<Results<Created<PriceDetail>, ValidationProblem, ProblemHttpResult>> Add(
        PriceRequest request,
        IMultiTenantContextAccessor tenants,
        PriceService prices,
        CancellationToken ct)
    {
        if (FindError(request) is { } error) return Problems.Invalid(error.Field, error.Error);
        if (await prices.AddAsync(tenants.Current().TenantId, request, ct) is not { } added)
        {
            return Problems.Create(
                StatusCodes.Status409Conflict,
                $"A tenant can have at most {PriceService.MaxPrices} prices. Delete one first.");
        }

        return TypedResults.Created($"/api/prices/{added.Id}", added);
    }

    private static async Task<Results<Ok<PriceDetail>, ValidationProblem, ProblemHttpResult>> Change(
        Guid id,
        PriceRequest request,
        IMultiTenantContextAccessor tenants,
        PriceService prices,
        CancellationToken ct)
    {
        if (FindError(request) is { } error) return Problems.Invalid(error.Field, error.Error);
        return await prices.ChangeAsync(tenants.Current().TenantId, id, request, ct) is { } price
            ? TypedResults.Ok(price)
            : Problems.NotFound("price");
    }

    private static (string Field, string Error)? FindError(PriceRequest request)
    {
        if (request.Amount is { } amount && decimal.Round(amount, 2) != amount)
            return ("amount", "amount can have at most two decimal places.");
        if (request.Amount is not null && request.Currency is null) return ("currency", "An amount needs a currency, such as EUR.");
        if (request.Url is { Length: > 0 } url
            && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
            return ("url", "url must be an absolute http or https address.");
        if (request.Language is { Length: > 0 } language && !Validation.IsLanguage(language)) return ("language", Validation.LanguageError);
        if (request.Tags is not { } tags) return null;
        if (tags.Count > MaxTags) return ("tags", $"There may be at most {MaxTags} tags.");
        return tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > MaxTagLength)
            ? ("tags", $"A tag must have 1 to {MaxTagLength} characters.")
            : null;
    }
}
