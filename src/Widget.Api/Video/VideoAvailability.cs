using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Modes;
using Widget.Api.Tavus;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>Decides whether a tenant's visitors can use video, and for how long.</summary>
public sealed class VideoAvailability(
    TavusAccounts accounts,
    TenantDatabase database,
    MonthlyBudget budget,
    TimeProvider clock) : IModeAvailability
{
    /// <summary>Calls shorter than this, in seconds, are not opened. Tavus charges for at least half a minute.</summary>
    public const int MinCallSeconds = 60;

    public string Mode => "video";

    public IReadOnlyList<string> Needs { get; } = ["webrtc"];

    public async Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        await RefusalAsync(tenant, settings, ct) is { } refusal
            ? new(Mode, Available: false, refusal.Advice)
            : new(Mode, Available: true, "Video is on.");

    /// <summary>Why no call can be opened now; null when one can.</summary>
    public async Task<CallRefusal?> RefusalAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (SetupRefusal(settings) is { } refusal) return refusal;
        if (await accounts.OfAsync(tenant, ct) is null) return VideoRefusals.NoKey;
        if (await BudgetRefusalAsync(tenant, settings, ct) is { } overBudget) return overBudget;
        if (settings.TavusMonthlyMinutes is null) return null;
        await using var db = await database.BeginAsync(tenant, ct);
        return await MaxCallSecondsAsync(db, settings, ct) is null ? VideoRefusals.OutOfMinutes : null;
    }

    /// <summary>Why the tenant's monthly budget allows no call; null when it does.</summary>
    internal async Task<CallRefusal?> BudgetRefusalAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        (await budget.CheckAsync(tenant, settings, ct)).MayCall ? null : CallRefusal.BudgetReached;

    /// <summary>Why the settings allow no call; null when they do.</summary>
    internal static CallRefusal? SetupRefusal(TenantSettings settings) =>
        !settings.UseTavusVideo ? VideoRefusals.NotEnabled
        : string.IsNullOrWhiteSpace(settings.TavusReplicaId) ? VideoRefusals.NoReplica
        : null;

    /// <summary>
    /// How long a call may last, in seconds: the tenant's limit per call, within the minutes that its month has left besides calls in
    /// progress. Null when that is too short. A transaction that reserves the time calls <see cref="CallBudget.LockAsync"/> first.
    /// </summary>
    internal Task<int?> MaxCallSecondsAsync(TenantDb db, TenantSettings settings, CancellationToken ct) => CallBudget.MaxCallSecondsAsync(
        db,
        UsageMeter.Video,
        settings.TavusMonthlyMinutes,
        settings.TavusMaxCallSeconds,
        MinCallSeconds,
        () => db.VideoSessions
            .Where(session => session.State != TavusSessionState.Ended && session.State != TavusSessionState.Failed)
            .SumAsync(session => (long)session.ReservedSeconds, ct),
        clock.GetUtcNow(),
        ct);
}
