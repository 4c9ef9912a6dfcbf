using Microsoft.EntityFrameworkCore;
using Widget.Api.Rooms;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat.Pages;

/// <summary>
/// The page of a call: <c>/meet/{token}</c> with the link that a person was given (also <c>/call?token=</c>), and <c>/meet/{slug}</c>, or
/// <c>/meet</c> on a tenant's own host, where a visitor starts a call of their own. The page's script does the rest; the server only adds
/// the company's colours and, for a visitor's own call, its site key.
/// </summary>
internal static class MeetPage
{
    private const string Html = "text/html; charset=utf-8";

    public static void MapMeetPage(this IEndpointRouteBuilder routes)
    {
        // A token begins with rt_, which no slug does.
        routes.MapGet("/meet/{slug}", Show).ExcludeFromDescription();
        routes.MapGet("/meet", Show).ExcludeFromDescription();
        routes.MapGet("/call", Show).ExcludeFromDescription();
    }

    private static async Task<IResult> Show(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        IMultiTenantStore store,
        TenantDatabase database,
        TenantSettingsService settings,
        RoomTokens tokens,
        IRoomMedia media,
        TavusApiOptions tavus,
        CancellationToken ct,
        string? token = null)
    {
        var slug = http.GetRouteValue("slug") as string;
        if (slug?.StartsWith(RoomTokens.Prefix, StringComparison.Ordinal) == true) (token, slug) = (slug, null);
        var words = PageWords.Of(http.Request);
        var tenant = tokens.Read(token) is { } read
            ? await store.GetByIdentifierAsync(TenantStore.IdPrefix + read.Ticket.Tenant, ct)
            : tenants.MultiTenantContext.TenantInfo;
        // The token is in the address, so the address must reach no other server.
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        http.Response.Headers.Vary = "Accept-Language";
        http.Response.Headers.CacheControl = "no-store";
        if (tenant is null && slug is not null)
        {
            http.Response.Headers.ContentSecurityPolicy = PagePolicy.WithoutChat;
            return TypedResults.Content(CompanyPage.NotFound(words), Html, statusCode: StatusCodes.Status404NotFound);
        }

        var current = tenant is null ? new TenantSettings() : await settings.ReadAsync(tenant.TenantId, ct);
        words = words.For(current);
        var style = CompanyPage.StyleOf(current.Theme);
        var key = token is null && tenant is not null ? await SiteKeyAsync(database, tenant, ct) : null;
        // A gateway in front of Tavus, or a simulated Tavus, may serve rooms itself.
        var rooms = tavus.Endpoint == TavusApiOptions.Public ? "" : " " + tavus.Endpoint.GetLeftPart(UriPartial.Authority);
        var servers = string.Concat((tenant is null ? [] : await media.OriginsAsync(tenant.TenantId, ct)).Select(origin => " " + origin));
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self' {PagePolicy.HashOf(style)}; connect-src 'self'{servers}; "
            + $"frame-src https://*.daily.co{rooms}; media-src 'self' blob:; img-src 'self' https: data:; base-uri 'none'; "
            + "form-action 'none'";
        return TypedResults.Content(Render(words, tenant, current, style, key), Html);
    }

    private static string Render(PageWords words, TenantInfo? tenant, TenantSettings settings, string style, string? key)
    {
        var name = CompanyPage.Encode(tenant?.Name ?? "");
        return $"""
            <!doctype html>
            <html lang="{words.Locale}" dir="{words.Direction}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
            <title>{name}</title>
            <meta name="meet-company" content="{name}">
            <meta name="meet-site-key" content="{CompanyPage.Encode(key ?? "")}">
            <meta name="meet-color" content="{settings.Theme.Color}">
            <meta name="meet-scheme" content="{settings.Theme.Scheme.ToString().ToLowerInvariant()}">
            <link rel="icon" href="{CompanyPage.Encode(settings.Theme.LogoUrl ?? "data:,")}">
            <style>{style}</style>
            <link rel="stylesheet" href="/embed/meet.css">
            </head>
            <body><div id="meet"></div><noscript><p>{CompanyPage.Encode(words.NeedsScript)}</p></noscript>
            <script type="module" src="/embed/meet.js"></script></body>
            </html>
            """;
    }

    private static async Task<string?> SiteKeyAsync(TenantDatabase database, TenantInfo tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        return await db.SiteKeys
            .Where(key => key.RevokedAt == null)
            .OrderBy(key => key.CreatedAt)
            .Select(key => key.Key)
            .FirstOrDefaultAsync(ct);
    }
}
