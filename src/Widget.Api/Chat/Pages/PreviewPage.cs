using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tavus;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat.Pages;

/// <summary>
/// A page with a tenant's real widget for a frame of the console. The console passes unsaved settings to the page in the browser, so they
/// are neither stored nor part of an address. The address has a token that the API gives to the tenant's staff only, for an hour.
/// </summary>
internal sealed class PreviewPage(IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Style =
        "html,body{margin:0;height:100%;background:#f4f5f7}.page{max-width:720px;margin:0 auto;padding:32px 24px;display:grid;gap:14px}"
        + ".page i{display:block;height:14px;border-radius:7px;background:#e1e4ea}.page i:nth-child(1){height:30px;width:60%}"
        + ".page i:nth-child(2){height:160px;border-radius:14px;background:#e8eaef}.page i:nth-child(5){width:80%}"
        + "@media(prefers-color-scheme:dark){html,body{background:#131519}.page i,.page i:nth-child(2){background:#23272e}}";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Widget.Preview.v1").ToTimeLimitedDataProtector();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/settings/preview", Create).ForStaff(StaffArea.Settings).ReadsOnly().ProducesProblem(401)
            .WithTags("Settings").WithSummary("Get the address of a page that shows the widget with unsaved settings");
        routes.MapGet("/preview/{token}", Show).ExcludeFromDescription();
    }

    private static Ok<WidgetPreview> Create(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        OwnHosts hosts,
        PreviewPage page)
    {
        var expires = page.Expiry();
        var token = page._protector.Protect(JsonSerializer.Serialize(tenants.Current().TenantId), expires);
        return TypedResults.Ok(new WidgetPreview($"{hosts.OriginFor(http)}/preview/{token}", expires));
    }

    private static async Task<IResult> Show(
        string token,
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantDatabase database,
        TavusApiOptions tavus,
        PreviewPage page,
        CancellationToken ct)
    {
        if (page.Read(token) is not { } tenant || !tenants.Admits(tenant)
            || await HostedPage.SiteKeyAsync(database, tenant, ct) is not { } key)
            return Problems.Create(StatusCodes.Status404NotFound, "This preview has ended. Open the page with the preview again.");
        http.Response.Headers.ContentSecurityPolicy = PagePolicy.WithChat(Style, [], tavus);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
            <meta name="robots" content="noindex">
            <title>Preview</title>
            <link rel="icon" href="data:,">
            <style>{Style}</style>
            </head>
            <body><main class="page" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></main>
            <script src="/embed/preview.js" data-site-key="{key}"></script></body>
            </html>
            """,
            "text/html; charset=utf-8");
    }

    private DateTimeOffset Expiry() => clock.GetUtcNow() + Lifetime;

    private TenantId? Read(string token)
    {
        try
        {
            return JsonSerializer.Deserialize<TenantId>(_protector.Unprotect(token));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }
}
