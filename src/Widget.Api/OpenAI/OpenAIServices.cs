using Microsoft.AspNetCore.Authentication;
using Widget.Api.Web;

namespace Widget.Api.OpenAI;

internal static class OpenAIServices
{
    /// <summary>The OpenAI-compatible endpoint and its keys.</summary>
    public static IServiceCollection AddOpenAI(this IServiceCollection services)
    {
        services.AddSingleton<ModelKeys>();
        services.AddSingleton<CompletionTools>();
        services.AddSingleton<Completions>();
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ModelKeyAuthentication>(ModelKeyAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(
            Policies.Model,
            policy => policy.AddAuthenticationSchemes(ModelKeyAuthentication.SchemeName).RequireAuthenticatedUser());
        return services;
    }
}
