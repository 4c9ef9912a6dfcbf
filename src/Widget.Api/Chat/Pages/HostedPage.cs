using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat.Pages;

/// <summary>
/// Serves a company's own page with its chat, at <c>/widget/{slug}</c> and at the root of a tenant's own host, and the start page at the
/// root of the installation. The chat has the same script tag as on a customer's page.
/// </summary>
internal static class HostedPage
{
    private const string Html = "text/html; charset=utf-8";

    public static void MapHostedPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/widget/{slug}", Show).ExcludeFromDescription();
        AgentsPage.MapAgentsPage(routes);
        routes.MapMeetPage();
        routes.MapGet("/", Root).ExcludeFromDescription();
        PreviewPage.Map(routes);
    }

    private static Task<IResult> Root(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TenantSettingsService settings,
        TavusApiOptions tavus,
        OwnHosts hosts,
        StartPage start,
        CancellationToken ct) =>
        tenants.MultiTenantContext.Strategy is HostStrategy
            ? Show(http, tenants, database, settings, tavus, hosts, ct)
            : Task.FromResult(start.Show(http));

    private static async Task<IResult> Show(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TenantSettingsService settings,
        TavusApiOptions tavus,
        OwnHosts hosts,
        CancellationToken ct)
    {
        // Slugs are lower case. People write names with capitals.
        if (http.GetRouteValue("slug") is string slug && slug.ToLowerInvariant() is var canonical && canonical != slug)
            return TypedResults.LocalRedirect($"/widget/{Uri.EscapeDataString(canonical)}{http.Request.QueryString}", permanent: true);
        http.Response.Headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        var words = PageWords.Of(http.Request);
        if (tenants.MultiTenantContext.TenantInfo is not { } tenant || await SiteKeyAsync(database, tenant.TenantId, ct) is not { } key)
        {
            http.Response.Headers.ContentSecurityPolicy = PagePolicy.WithoutChat;
            return TypedResults.Content(CompanyPage.NotFound(words), Html, statusCode: StatusCodes.Status404NotFound);
        }

        var page = new CompanyPage(tenant, await settings.ReadAsync(tenant.TenantId, ct), key, words, Address(http, hosts, tenant));
        http.Response.Headers.ContentSecurityPolicy = PagePolicy.WithChat(page.Style, page.Pictures, tavus);
        http.Response.Headers.Vary = "Accept-Language";
        return TypedResults.Content(page.Render(), Html);
    }

    // The same for all addresses under which the page can be reached.
    private static string Address(HttpContext http, OwnHosts hosts, TenantInfo tenant) =>
        hosts.PublicOrigin is { } origin ? $"{origin}/widget/{tenant.Slug}"
            : UriHelper.BuildAbsolute(http.Request.Scheme, http.Request.Host, path: http.Request.Path);

    /// <summary>The tenant's oldest site key. Null if all are revoked.</summary>
    internal static async Task<string?> SiteKeyAsync(TenantDatabase database, TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.SiteKeys
            .Where(key => key.RevokedAt == null)
            .OrderBy(key => key.CreatedAt)
            .Select(key => key.Key)
            .FirstOrDefaultAsync(ct);
    }
}
