using Microsoft.AspNetCore.Authentication;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Visitors;

internal static class VisitorServices
{
    /// <summary>Visitors, their tokens and their authentication.</summary>
    public static IServiceCollection AddVisitors(this IServiceCollection services)
    {
        services.AddSingleton<VisitorTokens>();
        services.AddSingleton<Origins>();
        services.AddSingleton<ContinueLinks>();
        services.AddSingleton<IMultiTenantStrategy, SessionTokenStrategy>();
        services.AddSingleton<IMultiTenantStrategy, HubTokenStrategy>();
        services.AddSingleton<VisitorService>();
        services.AddSingleton<IdentityProofs>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, VisitorAuthentication>(VisitorAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.Visitor,
            policy => policy.AddAuthenticationSchemes(VisitorAuthentication.SchemeName).RequireAuthenticatedUser());
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.VisitorOrStaff,
            policy => policy
                .AddAuthenticationSchemes([VisitorAuthentication.SchemeName, .. StaffSchemes.All])
                .RequireAuthenticatedUser()
                .AddRequirements(new PermissionRequirement()));
        return services;
    }
}
