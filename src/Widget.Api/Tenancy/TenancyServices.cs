using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Widget.Api.Configuration;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

internal static class TenancyServices
{
    /// <summary>Tenants, the resolution of a request's tenant, and API keys.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="installation">The addresses under which the installation and its tenants are reached.</param>
    public static IServiceCollection AddTenancy(this IServiceCollection services, InstallationOptions installation)
    {
        var hosts = new OwnHosts(installation);
        services.AddSingleton(installation);
        services.AddSingleton(hosts);
        services.AddSingleton<TenantDatabase>();
        services.AddHttpContextAccessor();
        services.AddSingleton(TenancyTables.Tables);

        services.AddSingleton<TenantSettingsService>();
        services.AddSingleton<TenantSecrets>();
        services.AddSingleton<IMultiTenantStore, TenantStore>();
        services.AddSingleton<IMultiTenantStrategy, ApiKeyStrategy>();
        services.AddSingleton<IMultiTenantStrategy, ModelKeyStrategy>();
        services.AddSingleton<IMultiTenantStrategy, KeyHeaderStrategy>();
        services.AddSingleton<IMultiTenantStrategy, SiteKeyStrategy>();
        services.AddSingleton<IMultiTenantStrategy, RouteSlugStrategy>();
        services.AddSingleton<IMultiTenantStrategy>(new HostStrategy(hosts.TenantSuffix, hosts.Configured));
        services.AddSingleton<ITenantResolver, TenantResolver>();
        services.AddSingleton<MultiTenantContextAccessor>();
        services.AddSingleton<IMultiTenantContextAccessor>(provider => provider.GetRequiredService<MultiTenantContextAccessor>());
        services.AddSingleton<IMultiTenantContextSetter>(provider => provider.GetRequiredService<MultiTenantContextAccessor>());
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.Staff,
            policy => policy
                .AddAuthenticationSchemes(StaffSchemes.All)
                .RequireAuthenticatedUser()
                .AddRequirements(new PermissionRequirement()));
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        return services;
    }

    /// <summary>
    /// Whether a request may act for the tenant of the token in its path. It may not if it also names another tenant.
    /// </summary>
    public static bool Admits(this IMultiTenantContextAccessor tenants, TenantId tenant) =>
        tenants.MultiTenantContext is { Strategy: null } or { TenantInfo: null, Strategy.ReadsCredential: false }
            || tenants.MultiTenantContext.TenantInfo?.TenantId == tenant;

    /// <summary>The tenant that an authorized request acts for.</summary>
    public static TenantInfo Current(this IMultiTenantContextAccessor tenants) =>
        tenants.MultiTenantContext.TenantInfo ?? throw new InvalidOperationException("The request is authorized but names no tenant.");
}
