using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;

namespace Widget.Admin.Host;

/// <summary>A user's choices for this browser, in cookies: language, colors and time zone.</summary>
public static class Preferences
{
    /// <summary>The cookie with the chosen colors: <c>light</c> or <c>dark</c>. Without it, the system's setting holds.</summary>
    public const string ThemeCookie = "theme";

    /// <summary>The cookie with the browser's time zone, such as <c>Europe/Berlin</c>. The page's script sets it.</summary>
    public const string ZoneCookie = "zone";

    internal static void MapPreferences(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/preferences/language", (HttpContext http, [FromQuery] string code, [FromQuery] string? returnUrl) =>
        {
            if (Languages.All.Any(language => language.Code == code))
            {
                http.Response.Cookies.Append(
                    CookieRequestCultureProvider.DefaultCookieName,
                    CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(code)),
                    CookieLifetime());
            }

            return Results.LocalRedirect(Api.LocalAddress.Of(returnUrl));
        });
        routes.MapGet("/preferences/theme", (HttpContext http, [FromQuery] string value, [FromQuery] string? returnUrl) =>
        {
            if (value is "light" or "dark") http.Response.Cookies.Append(ThemeCookie, value, CookieLifetime());
            else http.Response.Cookies.Delete(ThemeCookie);
            return Results.LocalRedirect(Api.LocalAddress.Of(returnUrl));
        });
        routes.MapGet("/sign-out", async (HttpContext http, Api.ApiClient api) =>
        {
            // A link on another site must not sign anybody out.
            if (http.Request.Headers["Sec-Fetch-Site"].ToString() == "cross-site") return Results.LocalRedirect("/");
            api.UseToken(http.User.FindFirst(Api.Workspace.TokenClaim)?.Value);
            try
            {
                await api.PostAsync("/api/accounts/sign-out");
            }
            catch (Api.ApiException)
            {
                // The session has already ended, or the API cannot be reached. Either way this browser forgets it.
            }

            await http.SignOutAsync();
            return Results.LocalRedirect("/sign-in");
        });
    }

    private static CookieOptions CookieLifetime() =>
        new() { MaxAge = TimeSpan.FromDays(400), SameSite = SameSiteMode.Lax, IsEssential = true };
}
