using System.Security.Claims;
using Widget.Admin.Api;

namespace Widget.Admin.Host;

/// <summary>TEMPORARY until accounts exist: an API key in WIDGET_CONSOLE_KEY signs in.</summary>
internal static class DevelopmentSession
{
    public static void UseDevelopmentSession(this WebApplication app)
    {
        if (Environment.GetEnvironmentVariable("WIDGET_CONSOLE_KEY") is not { Length: > 0 } key) return;
        app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(Workspace.TokenClaim, key)], "Development"));
            return next(http);
        });
    }

    public static Viewer? Viewer => Environment.GetEnvironmentVariable("WIDGET_CONSOLE_TENANT") is { Length: > 0 } tenant
        ? new Viewer
        {
            Email = "demo@widget.example", Name = "Dana Demo",
            Memberships = [new Membership(Guid.Empty, tenant, tenant, Environment.GetEnvironmentVariable("WIDGET_CONSOLE_ROLE") ?? "owner")],
        }
        : null;
}
