using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Accounts;

/// <summary>
/// Stores the signed-in user's API token in the console's own cookie. The cookie is encrypted, and scripts can't read it.
/// </summary>
internal static class ConsoleSession
{
    public static Task StartAsync(HttpContext http, SignInResult answer)
    {
        var identity = new ClaimsIdentity(
            [new Claim(Workspace.TokenClaim, answer.Token!)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        return http.SignInAsync(
            new ClaimsPrincipal(identity),
            new AuthenticationProperties { IsPersistent = true, ExpiresUtc = answer.ExpiresAt });
    }
}
