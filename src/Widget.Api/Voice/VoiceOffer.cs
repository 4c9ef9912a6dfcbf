using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Modes;
using Widget.Api.Usage;
using Widget.Api.Voice.Calls;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice;

/// <summary>Says whether a tenant's visitors can have voice, and for how long.</summary>
public sealed class VoiceOffer(VoiceAccounts accounts, VoiceOptions options, TenantDatabase database, MonthlyBudget budget, TimeProvider clock) : IModeOffer
{
    /// <summary>A call that would be shorter is not worth opening.</summary>
    public const int ShortestCall = 30;

    public string Mode => "voice";

    public IReadOnlyList<string> Needs { get; } = ["webrtc", "microphone"];

    public async Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) => await MissingAsync(tenant, settings, ct) switch
    {
        null => new(Mode, Available: true, "Voice is on."),
        VoiceRefusal.NotOffered => new(Mode, Available: false, "Voice is off. Switch voice.enabled on in the settings."),
        VoiceRefusal.NoKey => new(Mode, Available: false, settings.Voice.Endpoint is null
            ? "There is no key for voice. Set one with PUT /api/voice/key, or have the operator set WIDGET_VOICE_ENDPOINT and WIDGET_VOICE_KEY."
            : "voice.endpoint names a service of the tenant's own, which needs a key of its own: set it with PUT /api/voice/key."),
        VoiceRefusal.NoModel => new(Mode, Available: false, "No model is chosen. Set voice.model in the settings, or have the operator set WIDGET_VOICE_MODEL."),
        VoiceRefusal.NoPrice => new(Mode, Available: false, "budget.monthlyModelSpend is set, and the price of the voice model is not known. The operator can add it to WIDGET_MODEL_PRICES, or use budget.monthlyTokens."),
        VoiceRefusal.BudgetReached => new(Mode, Available: false, "This month's budget is used up (GET /api/usage says which). Raise it in the settings, or wait for the first of the next month."),
        _ => new(Mode, Available: false, "This month's voice minutes are used up, or kept for calls that are going on. Raise voice.monthlyMinutes, or wait for the first of the next month."),
    };

    /// <summary>What the tenant lacks for voice; null when it lacks nothing.</summary>
    public async Task<VoiceRefusal?> MissingAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (!settings.Voice.Enabled) return VoiceRefusal.NotOffered;
        if (await accounts.OfAsync(tenant, settings.Voice, ct) is not { } account) return VoiceRefusal.NoKey;
        if (ModelOf(settings.Voice, account) is not { } model) return VoiceRefusal.NoModel;
        if (await OverBudgetAsync(tenant, settings, model, ct) is { } refusal) return refusal;
        if (settings.Voice.MonthlyMinutes is null) return null;
        await using var db = await database.BeginAsync(tenant, ct);
        return await LongestCallAsync(db, settings.Voice, ct) is null ? VoiceRefusal.OutOfBudget : null;
    }

    /// <summary>Why the ceilings of the tenant's month allow no call; null when they do.</summary>
    internal async Task<VoiceRefusal?> OverBudgetAsync(TenantId tenant, TenantSettings settings, string model, CancellationToken ct) =>
        !budget.CanPrice(settings, model) ? VoiceRefusal.NoPrice
        : (await budget.CheckAsync(tenant, settings, ct)).MayCall ? null
        : VoiceRefusal.BudgetReached;

    /// <summary>The model to speak with; null when none is chosen. The installation's is for the installation's endpoint.</summary>
    internal string? ModelOf(VoiceSettings settings, VoiceAccount account) =>
        settings.Model ?? (!account.IsTenants && account.Protocol == options.Protocol ? options.Model : null);

    /// <summary>The model that writes down what visitors say; null for none.</summary>
    internal string? TranscriptionModelOf(VoiceSettings settings, VoiceAccount account) =>
        settings.TranscriptionModel ?? (!account.IsTenants && account.Protocol == options.Protocol ? options.TranscriptionModel : null);

    /// <summary>
    /// How long a call may last, in seconds: what the tenant allows, within what its month has left beside the calls that are going on; null when
    /// that is too little. In the transaction that reserves it, <see cref="CallBudget.LockAsync"/> comes first.
    /// </summary>
    internal Task<int?> LongestCallAsync(TenantDb db, VoiceSettings settings, CancellationToken ct) => CallBudget.LongestCallAsync(
        db,
        UsageMeter.Voice,
        settings.MonthlyMinutes,
        settings.MaxCallSeconds,
        ShortestCall,
        () => db.VoiceCalls
            .Where(call => call.State != VoiceSessionState.Ended && call.State != VoiceSessionState.Failed)
            .SumAsync(call => (long)call.ReservedSeconds, ct),
        clock.GetUtcNow(),
        ct);

    /// <summary>The month's use, in words.</summary>
    internal static string Minutes(long seconds) => (seconds / 60.0).ToString("0.#", CultureInfo.InvariantCulture);
}
