using Microsoft.AspNetCore.Authentication;
using Widget.Api.Platform;
using Widget.Api.Tenancy.Budgets;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.Tenancy;

internal static class TenancyServices
{
    /// <summary>Tenants, how a request names one, and API keys.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="hostSuffix">What follows the slug in tenants' own hosts; null when they have none.</param>
    /// <param name="budgets">What the operator allows each tenant a month.</param>
    public static IServiceCollection AddTenancy(this IServiceCollection services, string? hostSuffix, BudgetOptions budgets)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<TenancyDatabase>();
        services.AddSingleton<TenantSettingsService>();
        services.AddSingleton<TenantSecrets>();
        services.AddSingleton<UsageMeter>();
        services.AddSingleton(budgets);
        services.AddSingleton<MonthlyBudget>();
        services.AddSingleton<IMultiTenantStore, TenantStore>();
        services.AddSingleton<IMultiTenantStrategy, ApiKeyStrategy>();
        services.AddSingleton<IMultiTenantStrategy, ModelKeyStrategy>();
        services.AddSingleton<IMultiTenantStrategy, SiteKeyStrategy>();
        services.AddSingleton<IMultiTenantStrategy, RouteSlugStrategy>();
        services.AddSingleton<IMultiTenantStrategy>(new HostStrategy(hostSuffix));
        services.AddSingleton<ITenantResolver, TenantResolver>();
        services.AddSingleton<MultiTenantContextAccessor>();
        services.AddSingleton<IMultiTenantContextAccessor>(provider => provider.GetRequiredService<MultiTenantContextAccessor>());
        services.AddSingleton<IMultiTenantContextSetter>(provider => provider.GetRequiredService<MultiTenantContextAccessor>());
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.Developer,
            policy => policy.AddAuthenticationSchemes(ApiKeyAuthentication.SchemeName).RequireAuthenticatedUser());
        return services;
    }

    /// <summary>The tenant that an authorised request acts for.</summary>
    public static TenantInfo Current(this IMultiTenantContextAccessor tenants) =>
        tenants.MultiTenantContext.TenantInfo ?? throw new InvalidOperationException("The request is authorised but names no tenant.");
}
