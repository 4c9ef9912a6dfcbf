using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Tenancy;

/// <summary>
/// Authenticates members by <c>Authorization: Bearer ss_…</c> and <c>X-Tenant</c>. The resolver has looked up both. The principal has the
/// claims <c>tenant</c>, <c>account</c>, <c>member</c>, <c>name</c>, <c>session</c> and <c>role</c>.
/// </summary>
internal sealed class MemberAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IMultiTenantContextAccessor tenants,
    MemberSessions sessions) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Member";

    /// <summary>Claim: the member's role in lower case.</summary>
    public const string RoleClaim = StaffClaims.Role;

    private const string AccountClaim = StaffClaims.Account;
    private const string MemberClaim = StaffClaims.Member;
    private const string SessionClaim = "session";
    private const string NameClaim = StaffClaims.Name;

    /// <summary>The code of the refusal when the company requires its single sign-on, for programs.</summary>
    private const string SingleSignOnCode = "single_sign_on_required";

    /// <summary>Returns the member who makes a request. Null for other callers.</summary>
    public static Guid? MemberOf(ClaimsPrincipal user) => user.FindFirst(MemberClaim) is { } claim ? Guid.Parse(claim.Value) : null;

    /// <summary>Returns the account of the member who makes a request. Null for other callers.</summary>
    public static Guid? AccountOf(ClaimsPrincipal user) => user.FindFirst(AccountClaim) is { } claim ? Guid.Parse(claim.Value) : null;

    /// <summary>Returns the name of the member who makes a request. Null for other callers.</summary>
    public static string? NameOf(ClaimsPrincipal user) => user.FindFirst(NameClaim)?.Value;

    /// <summary>Returns the role of the member who makes a request. Null for other callers.</summary>
    public static Role? RoleOf(ClaimsPrincipal user) =>
        user.FindFirst(RoleClaim) is { } claim ? Enum.Parse<Role>(claim.Value, ignoreCase: true) : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (MemberStrategy.ReadToken(Context) is null) return AuthenticateResult.NoResult();
        if (tenants.MultiTenantContext is not { Strategy.ReadsCredential: true, TenantInfo: { Member: { } member } tenant })
            return AuthenticateResult.Fail("no such session or member");
        if (member.NeedsSingleSignOn) return AuthenticateResult.Fail("single sign-on is required");
        await sessions.TouchAsync(member.Session, member.LastUsedAt, Context.RequestAborted);
        var identity = new ClaimsIdentity(
            [
                new Claim(StaffClaims.Tenant, tenant.TenantId.ToString()),
                new Claim(AccountClaim, member.Account.ToString()),
                new Claim(MemberClaim, member.Id.ToString()),
                new Claim(NameClaim, member.Name),
                new Claim(SessionClaim, member.Session.ToString()),
                new Claim(RoleClaim, member.Role.ToString().ToLowerInvariant()),
            ],
            SchemeName);
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), StaffSchemes.UntilNextCheck(TimeProvider), SchemeName));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => PermissionRefusal.WriteAsync(Context);

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // An endpoint for programs and members challenges both schemes; the first one has already answered.
        if (Response.HasStarted || MemberStrategy.ReadToken(Context) is not { } token) return;
        var (status, title, code) = (StatusCodes.Status401Unauthorized, "You are not signed in, or your session has ended.", (string?)null);
        if (await sessions.IsValidAsync(token, Context.RequestAborted))
        {
            (status, title, code) = MemberStrategy.ReadSlug(Context) is null
                ? (StatusCodes.Status400BadRequest, $"Name the company of the request in the header {MemberStrategy.TenantHeader}.", null)
                : tenants.MultiTenantContext.TenantInfo is { Member.NeedsSingleSignOn: true }
                    ? (StatusCodes.Status403Forbidden, "This company requires that you sign in with its single sign-on.", SingleSignOnCode)
                    : (StatusCodes.Status403Forbidden, "You are not a member of this company.", "not_a_member");
        }

        if (status == StatusCodes.Status401Unauthorized) Response.Headers.WWWAuthenticate = "Bearer";
        await Problems.WriteAsync(Context, status, title, code);
    }
}
