using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Configuration;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts.SingleSignOn;

/// <summary>
/// A sign-in at a company's provider: authorization code with PKCE, a nonce, and a state that is bound to the browser and accepted once.
/// </summary>
internal sealed partial class SingleSignOnFlow(
    SingleSignOnStore store,
    OidcProviders providers,
    SingleSignOnPeople people,
    SessionService sessions,
    OneTimeCodes codes,
    AccountOptions options,
    InstallationOptions installation,
    OwnHosts hosts,
    SuspendedTenants suspended,
    ILogger<SingleSignOnFlow> logger)
{
    public const string CallbackPath = "/api/accounts/single-sign-on-callback";

    private const string Cookie = "widget_sign_on";
    private const string StatePurpose = "single-sign-on";
    private const string CodePurpose = "sign-in-code";
    private const int RandomBytes = 32;
    private static readonly TimeSpan StateLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(1);

    /// <summary>The address to which providers send people back.</summary>
    public string RedirectUri => PublicOrigin + CallbackPath;

    /// <summary>The address that begins a sign-in of a company.</summary>
    public string SignInUrl(string slug) => $"{PublicOrigin}/api/accounts/single-sign-on/{slug}";

    private string PublicOrigin => (installation.PublicAddress?.AbsoluteUri ?? hosts.ListeningOrigin).TrimEnd('/');

    /// <summary>Returns the address at the provider, or the console's with an error.</summary>
    /// <param name="http">The request.</param>
    /// <param name="tenant">The company; null if there is none.</param>
    /// <param name="returnUrl">The page of the console to show afterwards.</param>
    /// <param name="ct">Ends the wait for the provider.</param>
    public async Task<string> BeginAsync(HttpContext http, TenantInfo? tenant, string? returnUrl, CancellationToken ct)
    {
        if (tenant is null
            || await suspended.ContainsAsync(tenant.TenantId, ct)
            || await store.ReadAsync(tenant.TenantId, ct) is not { } settings)
            return Refused(SingleSignOnErrors.Unavailable);
        OpenIdConnectConfiguration provider;
        try
        {
            provider = await providers.ReadAsync(settings.Issuer, ct);
        }
        catch (ProviderException e)
        {
            LogFailed(e, tenant.TenantId);
            return Refused(SingleSignOnErrors.Unavailable);
        }

        var (nonce, verifier) = (Random(), Random());
        var state = new SignOnState(
            tenant.TenantId.Value, settings.Issuer, nonce, verifier, PathOf(returnUrl), HashOf(BrowserId(http)));
        var request = new OpenIdConnectMessage
        {
            IssuerAddress = provider.AuthorizationEndpoint,
            ClientId = settings.ClientId,
            ResponseType = OpenIdConnectResponseType.Code,
            Scope = "openid email profile",
            RedirectUri = RedirectUri,
            State = codes.Create(StatePurpose, state, StateLifetime),
            Nonce = nonce,
        };
        request.SetParameter("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))));
        request.SetParameter("code_challenge_method", "S256");
        return request.CreateAuthenticationRequestUrl();
    }

    /// <summary>Handles the provider's answer. Returns the console's address, with a one-time code or with an error.</summary>
    public async Task<string> FinishAsync(HttpContext http, SignOnAnswer answer, CancellationToken ct)
    {
        if (await codes.UseAsync<SignOnState>(StatePurpose, answer.State ?? "", ct) is not { } state)
            return Refused(SingleSignOnErrors.Failed);
        // Otherwise an attacker could finish their own sign-in in another person's browser.
        if (http.Request.Cookies[Cookie] is not { } browser || HashOf(browser) != state.Browser) return Refused(SingleSignOnErrors.Failed);
        http.Response.Cookies.Delete(Cookie, CookieOptions(http));
        var tenant = new TenantId(state.Tenant);
        if (answer.Error is not null) return Refused(SingleSignOnErrors.Cancelled);
        if (await store.ReadAsync(tenant, ct) is not { } settings || settings.Issuer != state.Issuer)
            return Refused(SingleSignOnErrors.Unavailable);
        try
        {
            var provider = await providers.ReadAsync(settings.Issuer, ct);
            // RFC 9207: the answer of another provider must not be taken for this one's.
            if (answer.Issuer is { } issuer && issuer != provider.Issuer) return Refused(SingleSignOnErrors.Failed);
            var idToken = await providers.ExchangeAsync(provider, settings, answer.Code ?? "", state.Verifier, RedirectUri, ct);
            var token = await providers.ValidateAsync(provider, settings, idToken, state.Nonce, ct);
            var person = await people.FindAsync(tenant, settings.DefaultRole, token, ct);
            if (person.Account is not { } account) return Refused(person.Error!);
            var code = codes.Create(CodePurpose, new SignInCode(account, state.Tenant), CodeLifetime);
            return options.Link("sign-in", ("code", code)) + $"&returnUrl={Uri.EscapeDataString(state.ReturnPath)}";
        }
        catch (ProviderException e)
        {
            LogFailed(e, tenant);
            return Refused(SingleSignOnErrors.Failed);
        }
    }

    /// <summary>Begins the session of a one-time code. Null if the code is not valid.</summary>
    public async Task<SignInResult?> RedeemAsync(string code, CancellationToken ct) =>
        await codes.UseAsync<SignInCode>(CodePurpose, code, ct) is { } valid
            ? await sessions.BeginAsync(valid.Account, SignInMethod.SingleSignOn, ct, new TenantId(valid.Tenant))
            : null;

    private string Refused(string error) => options.Link("sign-in", ("error", error));

    // Several sign-ins in tabs of the same browser share the cookie.
    private static string BrowserId(HttpContext http)
    {
        var id = http.Request.Cookies[Cookie] is { Length: > 0 and < 200 } known ? known : Random();
        http.Response.Cookies.Append(Cookie, id, CookieOptions(http));
        return id;
    }

    private static CookieOptions CookieOptions(HttpContext http) => new()
    {
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        // Lax: the browser sends it when the provider sends the person back.
        SameSite = SameSiteMode.Lax,
        Path = "/api/accounts",
        MaxAge = StateLifetime,
        IsEssential = true,
    };

    // Only a path: an address could lead people to another site after the sign-in.
    private static string PathOf(string? returnUrl) =>
        returnUrl is ['/', ..] and not ['/', '/' or '\\', ..] && returnUrl.Length <= 1_000 && !returnUrl.Any(char.IsControl)
            ? returnUrl
            : "/";

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    private static string HashOf(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "A single sign-on of tenant {Tenant} failed")]
    private partial void LogFailed(Exception exception, TenantId tenant);

    private sealed record SignOnState(Guid Tenant, string Issuer, string Nonce, string Verifier, string ReturnPath, string Browser);

    private sealed record SignInCode(Guid Account, Guid Tenant);
}

/// <summary>A provider's answer, as the browser brings it.</summary>
internal sealed record SignOnAnswer(string? Code, string? State, string? Error, string? Issuer);
