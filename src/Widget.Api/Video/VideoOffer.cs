using Microsoft.EntityFrameworkCore;
using Widget.Api.Tavus;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>Says whether a tenant's visitors can have video, and for how long.</summary>
public sealed class VideoOffer(TavusAccounts accounts, TenantDatabase database, MonthlyBudget budget, TimeProvider clock)
{
    /// <summary>A call that would be shorter is not worth opening; Tavus charges for half a minute at least.</summary>
    public const int ShortestCall = 60;

    /// <summary>What the tenant lacks for video; null when it lacks nothing.</summary>
    public async Task<VideoRefusal?> MissingAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (Missing(settings) is { } missing) return missing;
        if (await accounts.OfAsync(tenant, ct) is null) return VideoRefusal.NoKey;
        if (await OverBudgetAsync(tenant, settings, ct) is { } refusal) return refusal;
        if (settings.TavusMonthlyMinutes is null) return null;
        await using var db = await database.BeginAsync(tenant, ct);
        return await LongestCallAsync(db, settings, ct) is null ? VideoRefusal.OutOfBudget : null;
    }

    /// <summary>Why the ceilings of the tenant's month allow no call; null when they do.</summary>
    internal async Task<VideoRefusal?> OverBudgetAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        (await budget.CheckAsync(tenant, settings, ct)).MayCall ? null : VideoRefusal.BudgetReached;

    internal static VideoRefusal? Missing(TenantSettings settings) =>
        !settings.UseTavusVideo ? VideoRefusal.NotOffered
        : string.IsNullOrWhiteSpace(settings.TavusReplicaId) ? VideoRefusal.NoReplica
        : null;

    /// <summary>
    /// How long a call may last, in seconds: what the tenant allows, within what its month has left beside the calls that are going on; null when
    /// that is too little. In the transaction that reserves it, <see cref="CallBudget.LockAsync"/> comes first.
    /// </summary>
    internal Task<int?> LongestCallAsync(TenantDb db, TenantSettings settings, CancellationToken ct) => CallBudget.LongestCallAsync(
        db,
        UsageMeter.Video,
        settings.TavusMonthlyMinutes,
        settings.TavusMaxCallSeconds,
        ShortestCall,
        () => db.VideoSessions
            .Where(session => session.State != TavusSessionState.Ended && session.State != TavusSessionState.Failed)
            .SumAsync(session => (long)session.ReservedSeconds, ct),
        clock.GetUtcNow(),
        ct);
}
