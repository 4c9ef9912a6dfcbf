using System.Text.Encodings.Web;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat;

/// <summary>
/// The widget as a page of its own: <c>/widget/{slug}</c>, and the root of a tenant's own host. It carries the same tag as a customer's
/// page and a strict content security policy.
/// </summary>
internal static class HostedPage
{
    // Video calls go through Daily: its client's second half is a script of its servers, and where that cannot be had the room's page is framed.
    private const string Daily = "https://*.daily.co https://*.dailywebrtc.com https://*.dailywebrtc.net";

    private static string ContentSecurityPolicy(TavusApiOptions tavus)
    {
        // A gateway before Tavus, or a Tavus that is simulated, may have rooms of its own.
        var rooms = tavus.Endpoint == TavusApiOptions.Public ? "" : " " + tavus.Endpoint.GetLeftPart(UriPartial.Authority);
        return $"default-src 'none'; script-src 'self' {Daily}; style-src 'self'; connect-src 'self' {Daily} wss://*.daily.co wss://*.dailywebrtc.com wss://*.dailywebrtc.net; "
            + $"frame-src {Daily}{rooms}; worker-src blob:; media-src blob:; img-src 'self' https: data:; base-uri 'none'; form-action 'none'";
    }

    public static void MapHostedPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/widget/{slug}", Show).ExcludeFromDescription();
        routes.MapGet("/", Root).ExcludeFromDescription();
    }

    private static Task<IResult> Root(HttpContext http, IMultiTenantContextAccessor tenants, TenantDatabase database, TavusApiOptions tavus, CancellationToken ct) =>
        tenants.MultiTenantContext.Strategy is HostStrategy
            ? Show(http, tenants, database, tavus, ct)
            : Task.FromResult<IResult>(TypedResults.Redirect("/reference"));

    private static async Task<IResult> Show(HttpContext http, IMultiTenantContextAccessor tenants, TenantDatabase database, TavusApiOptions tavus, CancellationToken ct)
    {
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy(tavus);
        http.Response.Headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        if (tenants.MultiTenantContext.TenantInfo is not { } tenant || await SiteKeyAsync(database, tenant, ct) is not { } key)
        {
            return TypedResults.Content(
                Page("Page not found", "<main class=\"missing\"><h1>Page not found</h1><p>No company uses this address. Please check it for typos.</p></main>"),
                "text/html; charset=utf-8",
                statusCode: StatusCodes.Status404NotFound);
        }

        var name = HtmlEncoder.Default.Encode(tenant.Name);
        return TypedResults.Content(
            Page(name, $"<noscript><main class=\"missing\"><h1>{name}</h1><p>This page needs JavaScript.</p></main></noscript><script async src=\"/widget.js\" data-site-key=\"{key}\" data-mode=\"page\"></script>"),
            "text/html; charset=utf-8");
    }

    private static async Task<string?> SiteKeyAsync(TenantDatabase database, TenantInfo tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        return await db.SiteKeys.Where(key => key.RevokedAt == null).OrderBy(key => key.CreatedAt).Select(key => key.Key).FirstOrDefaultAsync(ct);
    }

    private static string Page(string title, string body) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
        <title>{title}</title>
        <link rel="stylesheet" href="/embed/page.css">
        <link rel="icon" href="data:,">
        </head>
        <body>{body}</body>
        </html>
        """;
}
