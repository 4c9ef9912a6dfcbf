using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Contacts;
using Widget.Api.Leads;
using Widget.Api.Leads.Qualification;
using Widget.Api.Models;
using Widget.Api.Outbound;
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

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        var settings = routes.MapGroup("/api/settings").ForStaff(StaffArea.Settings).ProducesProblem(401)
            .WithTags("Settings").WithRequestSizeLimit(MaxRequestBytes);
        settings.MapGet("/", Read).WithSummary("The tenant's settings");
        settings.MapPut("/", Save).Validate<TenantSettings>().WithSummary("Replace the tenant's settings");
        settings.MapGet("/origins", ReadOrigins).WithSummary("The websites that may embed the widget");
        routes.MapIdentitySecret();
        routes.MapSiteKeys();
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
        ModelAccounts models,
        ToolRegistry tools,
        QualificationService qualifications,
        CancellationToken ct)
    {
        var available = tools.BuiltIn.Select(tool => tool.Name).ToList();
        if (request.Tools.Except(available, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return Problems.Invalid("tools", $"There is no tool \"{unknown}\". The tools are {string.Join(", ", available)}.");
        if (request.Tools.CountBy(name => name, StringComparer.Ordinal).FirstOrDefault(tool => tool.Value > 1).Key is { } repeated)
            return Problems.Invalid("tools", $"The tool \"{repeated}\" is listed more than once. List each tool once.");
        if (request.OfficeHours is { } hours && !OpeningTimes.IsTimeZone(hours.TimeZone))
        {
            return Problems.Invalid(
                "officeHours.timeZone",
                $"There is no time zone \"{hours.TimeZone}\". Use an IANA id such as Europe/Berlin.");
        }

        if (request.PhoneRegion is { } region && !PhoneFormat.IsRegion(region))
            return Problems.Invalid("phoneRegion", $"There is no region \"{region}\". Use a country's code of two letters, such as DE.");

        if (request.PreChat is { } form)
        {
            var keys = (await qualifications.QuestionsAsync(tenants.Current().TenantId, ct)).Select(question => question.Key)
                .Concat(["name", "email", "phone"]);
            if (form.Fields.Select(field => field.Field).Except(keys, StringComparer.Ordinal).FirstOrDefault() is { } missing)
            {
                return Problems.Invalid(
                    "preChat.fields",
                    $"There is no field \"{missing}\". Use name, email, phone, or the key of a question that visitors are asked.");
            }
        }

        (string Field, string? Endpoint)[] endpoints =
            [("speech.endpoint", request.Speech.Endpoint), ("voice.endpoint", request.Voice.Endpoint)];
        foreach (var (field, endpoint) in endpoints)
        {
            if (endpoint is not null && !TenantAddresses.IsSafe(new Uri(endpoint), fetching))
                return Problems.Invalid(
                    field,
                    $"{field} must be an https address, such as https://api.openai.com/v1. {TenantAddresses.Advice}");
        }

        var tenant = tenants.Current().TenantId;
        var own = await models.FindAsync(tenant, ModelPurpose.Chat, ct);
        if (request.Budget.MonthlyModelSpend is not null
            && (own?.Model ?? budgets.ChatModel) is { } model
            && !budgets.KnowsPriceOf(model))
        {
            return Problems.Invalid(
                "budget.monthlyModelSpend",
                $"A ceiling on spend needs the price of the model \"{model}\", which is unknown. "
                    + "The installation's operator sets it with WIDGET_MODEL_PRICES. "
                    + "budget.monthlyTokens needs no price.");
        }

        await settings.SaveAsync(tenant, request, ct);
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
