using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Accounts.Sessions;

/// <summary>
/// Authenticates accounts by <c>Authorization: Bearer ss_…</c>, for endpoints that act for the account and not for a tenant.
/// </summary>
internal sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    NpgsqlDataSource dataSource,
    MemberSessions sessions) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Session";

    /// <summary>Claim: the only tenant that the session reaches. Missing if it reaches all of the account.</summary>
    public const string OnlyTenantClaim = "only-tenant";

    /// <summary>Claim: the account is the operator's.</summary>
    public const string OperatorClaim = "operator";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (MemberStrategy.ReadToken(Context) is not { } token) return AuthenticateResult.NoResult();
        await using var find = dataSource.CreateCommand(
            """
            select s.account_id, s.id, s.only_tenant_id, a.operator, s.last_used_at
            from account_sessions s join accounts a on a.id = s.account_id
            where s.hash = $1 and s.expires_at > now()
            """);
        find.Parameters.Add(new() { Value = ApiKey.HashOf(token) });
        Guid session;
        DateTimeOffset lastUsedAt;
        ClaimsIdentity identity;
        await using (var row = await find.ExecuteReaderAsync(Context.RequestAborted))
        {
            if (!await row.ReadAsync(Context.RequestAborted)) return AuthenticateResult.Fail("no such session");
            (session, lastUsedAt) = (row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(4));
            identity = new ClaimsIdentity(
                [new Claim("account", row.GetGuid(0).ToString()), new Claim("session", session.ToString())],
                SchemeName);
            if (!await row.IsDBNullAsync(2)) identity.AddClaim(new Claim(OnlyTenantClaim, row.GetGuid(2).ToString()));
            if (row.GetBoolean(3)) identity.AddClaim(new Claim(OperatorClaim, "true"));
        }

        await sessions.TouchAsync(session, lastUsedAt, Context.RequestAborted);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            "You are not signed in, or your session has ended.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Context.User.HasClaim(claim => claim.Type == OnlyTenantClaim)
            ? Problems.WriteAsync(
                Context,
                StatusCodes.Status403Forbidden,
                "This session began with a company's single sign-on, so it reaches only that company. "
                    + "To change the account, sign in with your password or a passkey.",
                "session_limited")
            : Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, "Only the operator of this installation may do this.");
}

/// <summary>Reads the claims of an account.</summary>
internal static class AccountClaims
{
    extension(ClaimsPrincipal user)
    {
        /// <summary>The account of an authorized request.</summary>
        public Guid AccountId => Guid.Parse(user.FindFirst("account")!.Value);

        /// <summary>The session of an authorized request.</summary>
        public Guid SessionId => Guid.Parse(user.FindFirst("session")!.Value);

        /// <summary>The only tenant that the session reaches; null for all of the account.</summary>
        public Guid? OnlyTenant =>
            user.FindFirst(SessionAuthentication.OnlyTenantClaim) is { } claim ? Guid.Parse(claim.Value) : null;
    }
}
