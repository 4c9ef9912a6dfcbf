using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Api.Usage;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Settings;

internal static class SettingsEndpoints
{
    private const long MaxRequestBytes = 256 * 1024;
    private const string PlainHttp =
        "Plain http is allowed on this machine, such as http://localhost:8880/v1, and for hosts that WIDGET_FETCH_ALLOW names.";

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        var settings = routes.MapGroup("/api/settings").RequireAuthorization(Policies.Developer).ProducesProblem(401)
            .WithTags("Settings").WithRequestSizeLimit(MaxRequestBytes);
        settings.MapGet("/", Read).WithSummary("The tenant's settings");
        settings.MapPut("/", Save).Validate<TenantSettings>().WithSummary("Replace the tenant's settings");
        settings.MapGet("/origins", ReadOrigins).WithSummary("The websites that may embed the widget");
        settings.MapPut("/origins", SaveOrigins).Validate<AllowedOrigins>().WithSummary("Replace the websites that may embed the widget");
    }

    private static async Task<Ok<TenantSettings>> Read(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        CancellationToken ct) =>
        TypedResults.Ok(await settings.ReadAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Ok<TenantSettings>, ValidationProblem>> Save(
        TenantSettings request,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        FetchOptions fetching,
        BudgetOptions budgets,
        ToolRegistry tools,
        CancellationToken ct)
    {
        var available = tools.All.Select(tool => tool.Name).ToList();
        if (request.Tools.Except(available, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return Problems.Invalid("tools", $"There is no tool \"{unknown}\". The tools are {string.Join(", ", available)}.");
        (string Field, string? Endpoint)[] endpoints =
            [("speech.endpoint", request.Speech.Endpoint), ("voice.endpoint", request.Voice.Endpoint)];
        foreach (var (field, endpoint) in endpoints)
        {
            if (endpoint is not null && !IsSafe(new Uri(endpoint), fetching))
                return Problems.Invalid(field, $"{field} must be an https address, such as https://api.openai.com/v1. {PlainHttp}");
        }

        if (request.Budget.MonthlyModelSpend is not null && budgets.ChatModel is { } model && !budgets.KnowsPriceOf(model))
        {
            return Problems.Invalid(
                "budget.monthlyModelSpend",
                $"A ceiling on spend needs the price of the model \"{model}\", which is unknown. "
                    + "The installation's operator sets it with WIDGET_MODEL_PRICES. "
                    + "budget.monthlyTokens needs no price.");
        }

        await settings.SaveAsync(tenants.Current().TenantId, request, ct);
        return TypedResults.Ok(request);
    }

    // An API key and what visitors say are sent there, so require TLS, except for hosts that the operator has allowed.
    private static bool IsSafe(Uri endpoint, FetchOptions fetching) =>
        endpoint.Scheme == Uri.UriSchemeHttps
            || endpoint.IsLoopback
            || fetching.AllowedPrivateHosts.Contains($"{endpoint.Host}:{endpoint.Port}");

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
