using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Calls;
using Widget.Api.Modes;
using Widget.Api.Usage;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice;

/// <summary>Decides whether a tenant's visitors can use voice, and for how long.</summary>
public sealed class VoiceAvailability(
    VoiceAccounts accounts,
    VoiceOptions options,
    TenantDatabase database,
    MonthlyBudget budget,
    TimeProvider clock) : IModeAvailability
{
    /// <summary>Calls shorter than this, in seconds, are not opened.</summary>
    public const int MinCallSeconds = 30;

    public string Mode => "voice";

    public IReadOnlyList<string> Needs { get; } = ["webrtc", "microphone"];

    public async Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        await RefusalAsync(tenant, settings, ct) is { } refusal
            ? new(Mode, Available: false, refusal.Advice)
            : new(Mode, Available: true, "Voice is on.");

    /// <summary>Why no call can be opened now; null when one can.</summary>
    public async Task<CallRefusal?> RefusalAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (!settings.Voice.Enabled) return VoiceRefusals.NotEnabled;
        if (await accounts.OfAsync(tenant, settings.Voice, ct) is not { } account)
            return settings.Voice.Endpoint is null ? VoiceRefusals.NoKey : VoiceRefusals.NoKeyForEndpoint;
        if (ModelOf(settings.Voice, account) is not { } model) return VoiceRefusals.NoModel;
        if (await BudgetRefusalAsync(tenant, settings, model, ct) is { } overBudget) return overBudget;
        if (settings.Voice.MonthlyMinutes is null) return null;
        await using var db = await database.BeginAsync(tenant, ct);
        return await MaxCallSecondsAsync(db, settings.Voice, ct) is null ? VoiceRefusals.OutOfMinutes : null;
    }

    /// <summary>Why the tenant's monthly budget allows no call; null when it does.</summary>
    internal async Task<CallRefusal?> BudgetRefusalAsync(TenantId tenant, TenantSettings settings, string model, CancellationToken ct) =>
        !budget.CanPrice(settings, model) ? VoiceRefusals.NoPrice
        : (await budget.CheckAsync(tenant, settings, ct)).MayCall ? null
        : CallRefusal.BudgetReached;

    /// <summary>The realtime model; null when none is chosen. The installation's model is for the installation's endpoint only.</summary>
    internal string? ModelOf(VoiceSettings settings, VoiceAccount account) =>
        settings.Model ?? (UsesInstallationAccount(account) ? options.Model : null);

    /// <summary>The model that transcribes what visitors say; null for none.</summary>
    internal string? TranscriptionModelOf(VoiceSettings settings, VoiceAccount account) =>
        settings.TranscriptionModel ?? (UsesInstallationAccount(account) ? options.TranscriptionModel : null);

    /// <summary>
    /// How long a call may last, in seconds: the tenant's limit per call, within the minutes that its month has left besides calls in
    /// progress. Null when that is too short. A transaction that reserves the time calls <see cref="CallBudget.LockAsync"/> first.
    /// </summary>
    internal Task<int?> MaxCallSecondsAsync(TenantDb db, VoiceSettings settings, CancellationToken ct) => CallBudget.MaxCallSecondsAsync(
        db,
        UsageMeter.Voice,
        settings.MonthlyMinutes,
        settings.MaxCallSeconds,
        MinCallSeconds,
        () => db.VoiceCalls
            .Where(call => call.State != VoiceSessionState.Ended && call.State != VoiceSessionState.Failed)
            .SumAsync(call => (long)call.ReservedSeconds, ct),
        clock.GetUtcNow(),
        ct);

    /// <summary>Formats seconds as minutes, for a message.</summary>
    internal static string FormatMinutes(long seconds) => (seconds / 60.0).ToString("0.#", CultureInfo.InvariantCulture);

    private bool UsesInstallationAccount(VoiceAccount account) => !account.BelongsToTenant && account.Protocol == options.Protocol;
}
