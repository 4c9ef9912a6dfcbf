using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.OpenAI;

/// <summary>Authenticates clients of OpenAI's protocol by a model key or an API key, which the tenant resolver has looked up.</summary>
public sealed class ModelKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IMultiTenantContextAccessor tenants) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ModelKey";

    // Answers and the tools of the MCP server only read the tenant's knowledge.
    private const string ModelPermission = "knowledge.read";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if ((ModelKeyStrategy.Read(Context) ?? ApiKeyStrategy.Read(Context) ?? KeyHeaderStrategy.Read(Context)) is null)
            return Task.FromResult(AuthenticateResult.NoResult());
        // When several credentials are sent, the resolver accepts them only if all of them prove this tenant.
        if (tenants.MultiTenantContext is not { Strategy.ReadsCredential: true, TenantInfo: { } tenant })
            return Task.FromResult(AuthenticateResult.Fail("unknown key"));
        if (tenant.Key?.Scopes is { } scopes && !Permissions.Allow(scopes, ModelPermission))
            return Task.FromResult(AuthenticateResult.Fail("the key lacks the scope"));
        var identity = new ClaimsIdentity([new Claim("tenant", tenant.TenantId.ToString())], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var hasKey = Context.Request.Headers.Authorization.Count > 0 || Context.Request.Headers.ContainsKey("X-API-Key");
        var error = hasKey ? OpenAIException.BadKey() : OpenAIException.NoKey();
        Response.StatusCode = error.Status;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Response.WriteAsJsonAsync(error.Body, JsonSerializerOptions.Web, Context.RequestAborted);
    }
}
