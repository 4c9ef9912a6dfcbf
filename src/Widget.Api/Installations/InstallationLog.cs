using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Caching;
using Widget.Platform.Tenancy;

namespace Widget.Api.Installations;

/// <summary>
/// Notes on which sites a tenant's tag is loaded and its chat is opened, so that the tenant can see whether the tag works. Anybody can send
/// any Origin header, so the notes prove nothing and are limited in number.
/// </summary>
internal sealed partial class InstallationLog(
    TenantDatabase database,
    TenantSettingsService settings,
    TimeProvider clock,
    ILogger<InstallationLog> logger)
{
    public const int MaxSites = 50;
    private const int MaxLength = 300;

    // A busy site is noted once in this time.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly CoalescingCache<(TenantId Tenant, string Origin, string? Page), bool> _noted = new(clock, capacity: 10_000);

    /// <summary>Notes that the tag was loaded on a site, or that its chat was opened on a page. Never fails.</summary>
    /// <param name="tenant">The tenant of the tag.</param>
    /// <param name="origin">The Origin header; null for callers other than browsers, which are not noted.</param>
    /// <param name="page">Address of the page on which the chat was opened; null if only the tag was loaded.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task NoteAsync(TenantId tenant, string? origin, string? page, CancellationToken ct)
    {
        if (AllowedOrigin.Normalize(origin) is not { Length: <= MaxLength } site) return;
        var opened = page is null ? null : PathOf(page, site) ?? site;
        try
        {
            await _noted.GetAsync((tenant, site, opened), given => WriteAsync(tenant, site, opened, given), _ => Pause, ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The visitor's request must not fail because of a note.
            LogFailure(e);
        }
    }

    public async Task<InstallationReport> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        var allowed = await settings.OriginsAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var rows = await db.Set<InstallationRow>().AsNoTracking().OrderByDescending(row => row.SeenAt).Take(MaxSites).ToListAsync(ct);
        return new InstallationReport(
        [
            .. rows.Select(row => new InstallationSite(
                row.Origin,
                row.Page,
                allowed.Contains(row.Origin, StringComparer.OrdinalIgnoreCase),
                row.FirstSeenAt,
                row.SeenAt,
                row.OpenedAt)),
        ]);
    }

    private async Task<bool> WriteAsync(TenantId tenant, string site, string? page, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.Batch(tenant)
            .Add(
                """
                insert into installations as known (tenant_id, origin, page, first_seen_at, seen_at, opened_at)
                values ($1, $2, $3, $4, $4, case when $3::text is null then null else $4::timestamptz end)
                on conflict (tenant_id, origin) do update set
                  seen_at = excluded.seen_at,
                  page = coalesce(excluded.page, known.page),
                  opened_at = coalesce(excluded.opened_at, known.opened_at)
                """,
                [tenant.Value, site, page, now])
            .Add(
                """
                delete from installations
                where tenant_id = $1 and origin in (
                  select origin from installations where tenant_id = $1 order by seen_at desc, origin offset $2)
                """,
                [tenant.Value, MaxSites]);
        await batch.RunAsync(ct);
        return true;
    }

    // Without the query, which may say who the visitor is. Null if the page is on another site.
    private static string? PathOf(string page, string site) =>
        Uri.TryCreate(page, UriKind.Absolute, out var address)
        && AllowedOrigin.Normalize(address.GetLeftPart(UriPartial.Authority)) == site
        && site.Length + address.AbsolutePath.Length <= MaxLength * 2
            ? site + address.AbsolutePath
            : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not note on which site the tag was seen.")]
    private partial void LogFailure(Exception exception);
}
