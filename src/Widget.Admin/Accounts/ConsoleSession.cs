using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Widget.Admin.Api;
using Widget.Contracts;

namespace Widget.Admin.Accounts;

/// <summary>Keeps the token of the viewer's session at the API in the console's own cookie, encrypted and out of scripts' reach.</summary>
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
