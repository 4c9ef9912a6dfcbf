using Widget.Api.Installations;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Triggers;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

/// <summary>The launcher's appearance, which any page may read, so that its first paint has the tenant's colour.</summary>
internal static class AppearanceEndpoint
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static void MapAppearance(this RouteGroupBuilder widget) => widget.MapGet("/appearance", Appearance)
        .WithMetadata(new KeyInAddress()).Produces<WidgetAppearance>().ProducesProblem(404)
        .WithSummary("Get what a page needs to draw the launcher before a visitor opens the widget");

    private static async Task<IResult> Appearance(
        HttpContext http,
        IMultiTenantStore tenants,
        TenantSettingsService settings,
        InstallationLog installations,
        Origins origins,
        CancellationToken ct,
        string key = "")
    {
        // Only a site key is public. The store would find the tenant of any other key, too.
        if (!key.StartsWith(SiteKey.Prefix, StringComparison.Ordinal)
            || await tenants.GetByIdentifierAsync(key, ct) is not { } tenant)
            return Problems.Create(StatusCodes.Status404NotFound, "This site key is unknown or has been revoked.");
        if (!origins.IsOwn(http)) await installations.NoteAsync(tenant.TenantId, Origins.Of(http), page: null, ct);
        var saved = await settings.ReadAsync(tenant.TenantId, ct);
        var theme = saved.Theme;
        return CachedJson.Of(
            http,
            new WidgetAppearance(theme.Color, theme.Position, theme.Scheme, theme.LogoUrl, TriggerService.Of(saved)),
            MaxAge);
    }
}
