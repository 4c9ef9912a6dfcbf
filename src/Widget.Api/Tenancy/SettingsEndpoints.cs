using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Platform;
using Widget.Api.Tenancy.Budgets;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Tenancy;

internal static class SettingsEndpoints
{
    private const long LargestRequest = 256 * 1024;

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        var settings = routes.MapGroup("/api/settings").RequireAuthorization(Policies.Developer).ProducesProblem(401)
            .WithTags("Settings").WithRequestSizeLimit(LargestRequest);
        settings.MapGet("/", Read).WithSummary("The tenant's settings");
        settings.MapPut("/", Save).Validate<TenantSettings>().WithSummary("Replace the tenant's settings");
        settings.MapGet("/origins", ReadOrigins).WithSummary("The web sites that may carry the widget");
        settings.MapPut("/origins", SaveOrigins).Validate<AllowedOrigins>().WithSummary("Replace the web sites that may carry the widget");
    }

    private static async Task<Ok<TenantSettings>> Read(IMultiTenantContextAccessor tenants, TenantSettingsService settings, CancellationToken ct) =>
        TypedResults.Ok(await settings.ReadAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Ok<TenantSettings>, ValidationProblem>> Save(
        TenantSettings request,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        BudgetOptions budgets,
        CancellationToken ct)
    {
        if (request.Budget.MonthlyModelSpend is not null && budgets.ChatModel is { } model && !budgets.KnowsPriceOf(model))
        {
            return Problems.Invalid(
                "budget.monthlyModelSpend",
                $"A ceiling on spend needs the price of the model \"{model}\", which is not known here. The installation's operator sets it with WIDGET_MODEL_PRICES. "
                    + "budget.monthlyTokens needs no price.");
        }

        await settings.SaveAsync(tenants.Current().TenantId, request, ct);
        return TypedResults.Ok(request);
    }

    private static async Task<Ok<AllowedOrigins>> ReadOrigins(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        CancellationToken ct) =>
        TypedResults.Ok(new AllowedOrigins { Origins = await settings.OriginsAsync(tenants.Current().TenantId, ct) });

    private static async Task<Results<Ok<AllowedOrigins>, ValidationProblem>> SaveOrigins(
        AllowedOrigins request,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        CancellationToken ct)
    {
        var origins = new List<string>();
        foreach (var text in request.Origins)
        {
            if (AllowedOrigin.Normalize(text) is not { } origin)
                return Problems.Invalid("origins", $"\"{text}\" is not an origin. Write it as https://www.example.com, without a path.");
            origins.Add(origin);
        }

        var tenant = tenants.Current().TenantId;
        await settings.SaveOriginsAsync(tenant, origins, ct);
        return TypedResults.Ok(new AllowedOrigins { Origins = await settings.OriginsAsync(tenant, ct) });
    }
}
