using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Visitors;

/// <summary>
/// Authenticates visitors by their token. A token is valid only on the site that it was issued to. The origin is checked here because CORS
/// does not protect WebSockets.
/// </summary>
public sealed class VisitorAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    VisitorTokens tokens,
    Origins origins,
    IMultiTenantContextAccessor tenants,
    TimeProvider clock) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Visitor";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.Read(Context) is not { } ticket) return Task.FromResult(AuthenticateResult.NoResult());
        // The token is valid, but its tenant has been deleted, or the request also names another tenant.
        if (tenants.MultiTenantContext.TenantInfo?.TenantId != ticket.Tenant) return Task.FromResult(AuthenticateResult.Fail("tenant"));
        if (!origins.IsFrom(Context, ticket.Origin)) return Task.FromResult(AuthenticateResult.Fail("origin"));
        var identity = new ClaimsIdentity(
            [new Claim("tenant", ticket.Tenant.ToString()), new Claim(ClaimTypes.NameIdentifier, ticket.Visitor.ToString())],
            SchemeName);
        // A hub connection must not outlive its token by much. The client reconnects with a new token.
        var properties = new AuthenticationProperties { ExpiresUtc = clock.GetUtcNow() + VisitorTokens.Lifetime };
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // An endpoint for visitors and programs challenges both schemes; the first one has already answered.
        if (Response.HasStarted) return Task.CompletedTask;
        var ticket = tokens.Read(Context);
        if (ticket is not null && !origins.IsFrom(Context, ticket.Origin))
            return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, "This session was opened on another website.");
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            BearerToken.Read(Context) is null
                ? "A visitor's token is required. Open a session with POST /api/widget/session first."
                : "The session has ended or is not valid. Open a new one with POST /api/widget/session.");
    }
}
