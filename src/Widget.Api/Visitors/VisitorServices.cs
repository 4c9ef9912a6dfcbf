using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Widget.Api.Platform;
using Widget.Api.Platform.KeyRing;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.Visitors;

internal static class VisitorServices
{
    /// <summary>Visitors: their sessions and tokens, and the hub.</summary>
    public static IServiceCollection AddVisitors(this IServiceCollection services)
    {
        services.AddKeyRing();
        services.AddSingleton<VisitorTokens>();
        services.AddSingleton<Origins>();
        services.AddSingleton<IMultiTenantStrategy, SessionTokenStrategy>();
        services.AddSingleton<IMultiTenantStrategy, HubTokenStrategy>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<VisitorService>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, VisitorAuthentication>(VisitorAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.Visitor,
            policy => policy.AddAuthenticationSchemes(VisitorAuthentication.SchemeName).RequireAuthenticatedUser());
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.VisitorOrDeveloper,
            policy => policy.AddAuthenticationSchemes(VisitorAuthentication.SchemeName, ApiKeyAuthentication.SchemeName).RequireAuthenticatedUser());
        services.AddCors(cors => cors.AddPolicy(
            Policies.AnyOrigin, policy => policy.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Retry-After")));
        services.AddSignalR(options => options.MaximumReceiveMessageSize = MeasuredHubProtocol.LargestFrame)
            .AddJsonProtocol(json => StorableElements.AddTo(json.PayloadSerializerOptions));
        // Of two protocols of one name, the later one is used.
        services.AddSingleton<IHubProtocol>(provider => new MeasuredHubProtocol(new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>())));
        return services;
    }
}
