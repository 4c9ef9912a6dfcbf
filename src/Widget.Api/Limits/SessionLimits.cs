using Widget.Platform.Tenancy;

namespace Widget.Api.Limits;

/// <summary>Limits on opening sessions: by client address and site key, then by tenant.</summary>
public sealed class SessionLimits(RequestLimits limits)
{
    /// <summary>Returns a refusal if the client has used up its limit. Makes no database query.</summary>
    public Refusal? Peek(HttpContext http, string siteKey) => limits.Peek(Limit.Sessions, Key(http, siteKey));

    /// <summary>
    /// Counts a session that is about to be opened. The site key has already been checked, so invalid keys create no buckets.
    /// </summary>
    public async ValueTask<Refusal?> TakeAsync(HttpContext http, string siteKey, TenantId tenant, CancellationToken ct) =>
        await limits.TakeAsync(Limit.Sessions, Key(http, siteKey), ct)
            ?? await limits.TakeAsync(Limit.TenantSessions, tenant.ToString(), ct);

    private static string Key(HttpContext http, string siteKey) => $"{ClientAddress.Of(http)} {siteKey}";
}
