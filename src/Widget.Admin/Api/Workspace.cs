using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Widget.Contracts;

namespace Widget.Admin.Api;

/// <summary>
/// The viewer's session at the API and the tenant whose page is open. One for each open page: to switch to another tenant, the page is
/// loaded anew, so nothing of the one can show in the other.
/// </summary>
/// <param name="authentication">The console's own cookie, which carries the session's token.</param>
/// <param name="http">The request that opened the page.</param>
public sealed class Workspace(AuthenticationStateProvider authentication, IHttpContextAccessor http)
{
    // Read at once: the request is gone while its page is still open.
    private readonly string? _address = http.HttpContext?.Connection.RemoteIpAddress?.ToString();
    private readonly string? _program = http.HttpContext?.Request.Headers.UserAgent.ToString();

    /// <summary>The claim with the token of the viewer's session at the API.</summary>
    public const string TokenClaim = "token";

    private string? _token;
    private bool _tokenIsKnown;

    /// <summary>The slug of the tenant whose page is open. Null on pages that belong to no tenant.</summary>
    public string? Tenant { get; private set; }

    /// <summary>The viewer, with their role in the tenant. Null before sign-in.</summary>
    public AccountProfile? Viewer { get; private set; }

    /// <summary>Opens a page of a tenant.</summary>
    /// <exception cref="InvalidOperationException">The page is already open for another tenant.</exception>
    public void Open(string tenant)
    {
        if (Tenant is not null && Tenant != tenant) throw new InvalidOperationException("A page cannot change its tenant.");
        Tenant = tenant;
    }

    /// <summary>Tells the API from where and with what the viewer works, for the list of sessions, for limits, and for e-mails.</summary>
    public void Describe(HttpRequestHeaders headers)
    {
        if (_address is not null) headers.TryAddWithoutValidation("X-Forwarded-For", _address);
        // E-mails that a request causes are written in the viewer's language.
        headers.TryAddWithoutValidation("Accept-Language", CultureInfo.CurrentUICulture.Name);
        if (_program is { Length: > 0 }) headers.TryAddWithoutValidation("User-Agent", _program);
    }

    public void SignIn(AccountProfile viewer) => Viewer = viewer;

    /// <summary>
    /// Uses a token that is not in the cookie yet, or none. Routes without a page must call it, too: only pages know the viewer by themselves.
    /// </summary>
    public void UseToken(string? token) => (_token, _tokenIsKnown) = (token, true);

    /// <summary>The token of the viewer's session. Null before sign-in.</summary>
    public async Task<string?> TokenAsync()
    {
        if (!_tokenIsKnown) UseToken((await authentication.GetAuthenticationStateAsync()).User.FindFirstValue(TokenClaim));
        return _token;
    }

    /// <summary>The address of one of the tenant's pages.</summary>
    /// <param name="page">Path below the tenant, such as <c>leads</c>.</param>
    public string Link(string page) => $"/{Tenant}/{page}";
}
