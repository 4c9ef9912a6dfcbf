using System.Text.Encodings.Web;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat;

/// <summary>
/// Serves a page that shows only the widget, at <c>/widget/{slug}</c> and at the root of a tenant's own host. It has the same script tag as
/// a customer's page, and a strict content security policy.
/// </summary>
internal static class HostedPage
{
    private const string Html = "text/html; charset=utf-8";

    // Video calls use Daily. Its client loads a script from its servers. If that fails, the widget shows the room's page in a frame.
    private const string Daily = "https://*.daily.co https://*.dailywebrtc.com https://*.dailywebrtc.net";

    private static string ContentSecurityPolicy(TavusApiOptions tavus)
    {
        // A gateway in front of Tavus, or a simulated Tavus, may serve rooms itself.
        var rooms = tavus.Endpoint == TavusApiOptions.Public ? "" : " " + tavus.Endpoint.GetLeftPart(UriPartial.Authority);
        const string Sockets = "wss://*.daily.co wss://*.dailywebrtc.com wss://*.dailywebrtc.net";
        return $"default-src 'none'; script-src 'self' {Daily}; style-src 'self'; connect-src 'self' {Daily} {Sockets}; "
            + $"frame-src {Daily}{rooms}; worker-src blob:; media-src blob:; img-src 'self' https: data:; "
            + "base-uri 'none'; form-action 'none'";
    }

    public static void MapHostedPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/widget/{slug}", Show).ExcludeFromDescription();
        routes.MapGet("/", Root).ExcludeFromDescription();
    }

    private static Task<IResult> Root(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TavusApiOptions tavus,
        CancellationToken ct) =>
        tenants.MultiTenantContext.Strategy is HostStrategy
            ? Show(http, tenants, database, tavus, ct)
            : Task.FromResult<IResult>(TypedResults.Redirect("/reference"));

    private static async Task<IResult> Show(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TavusApiOptions tavus,
        CancellationToken ct)
    {
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy(tavus);
        http.Response.Headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        if (tenants.MultiTenantContext.TenantInfo is not { } tenant || await SiteKeyAsync(database, tenant, ct) is not { } key)
        {
            return TypedResults.Content(
                Page("Page not found", MessageHtml("Page not found", "No company uses this address. Please check it for typos.")),
                Html,
                statusCode: StatusCodes.Status404NotFound);
        }

        var name = HtmlEncoder.Default.Encode(tenant.Name);
        var body = $"<noscript>{MessageHtml(name, "This page needs JavaScript.")}</noscript>"
            + $"<script async src=\"/widget.js\" data-site-key=\"{key}\" data-mode=\"page\"></script>";
        return TypedResults.Content(Page(name, body), Html);
    }

    private static string MessageHtml(string title, string text) => $"<main class=\"missing\"><h1>{title}</h1><p>{text}</p></main>";

    private static async Task<string?> SiteKeyAsync(TenantDatabase database, TenantInfo tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        return await db.SiteKeys
            .Where(key => key.RevokedAt == null)
            .OrderBy(key => key.CreatedAt)
            .Select(key => key.Key)
            .FirstOrDefaultAsync(ct);
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
