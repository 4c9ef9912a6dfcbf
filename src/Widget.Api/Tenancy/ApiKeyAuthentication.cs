using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Tenancy;

/// <summary>Authenticates a tenant's programs by <c>Authorization: Bearer sk_…</c>. The resolver has looked up the key.</summary>
public sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IMultiTenantContextAccessor tenants) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = ApiKeyStrategy.Read(Context);
        if (key is null) return Task.FromResult(AuthenticateResult.NoResult());
        // If a request carries several credentials, the resolver accepts it only if all of them prove the same tenant.
        if (tenants.MultiTenantContext is not { Strategy.ReadsCredential: true, TenantInfo: { } tenant })
            return Task.FromResult(AuthenticateResult.Fail("unknown key"));
        var identity = new ClaimsIdentity([new Claim(StaffClaims.Tenant, tenant.TenantId.ToString())], SchemeName);
        if (tenant.Key is { } used)
        {
            identity.AddClaim(new Claim(StaffClaims.Key, used.Name));
            if (used.Scopes is { } scopes) identity.AddClaim(new Claim(StaffClaims.Scopes, string.Join(' ', scopes)));
        }

        return Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), StaffSchemes.UntilNextCheck(TimeProvider), SchemeName)));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => PermissionRefusal.WriteAsync(Context);

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // An endpoint for visitors and programs challenges both schemes; the first one has already answered.
        if (Response.HasStarted) return Task.CompletedTask;
        // The scheme of members explains what is wrong with a session.
        if (ApiKeyStrategy.Read(Context) is null && MemberStrategy.ReadToken(Context) is not null) return Task.CompletedTask;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            ApiKeyStrategy.Read(Context) is null
                ? "An API key is required. Send it as \"Authorization: Bearer sk_…\"."
                : "This API key is unknown or has been revoked.");
    }
}
