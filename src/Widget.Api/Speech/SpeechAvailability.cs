using System.Globalization;
using Widget.Api.Modes;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>
/// Decides how spoken replies are available: with a voice on the server, or with the browser's voice, which needs no key.
/// </summary>
public sealed class SpeechAvailability(SpeechAccounts accounts, UsageMeter usage) : IModeAvailability
{
    public string Mode => "speech";

    public IReadOnlyList<string> Needs { get; } = ["audio"];

    public async Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (!settings.Speech.Enabled) return new(Mode, Available: false, "Spoken replies are off. Set speech.enabled in the settings.");
        var (plan, gap) = await accounts.PlanAsync(tenant, settings.Speech, ct);
        if (plan is null) return new(Mode, Available: true, $"Visitors' browsers read answers aloud. {SpeechGaps.AdviceOn(gap)}");
        if (await IsSpentAsync(tenant, settings.Speech, ct))
        {
            return new(
                Mode,
                Available: true,
                "This month's characters are used up, so visitors' browsers read answers aloud. Raise speech.monthlyCharacters, or "
                + "wait for the first of next month.");
        }

        return new(Mode, Available: true, $"{plan.Account.Endpoint.Host} reads answers aloud with the voice {plan.Voice}.");
    }

    /// <summary>Without a voice on the server, the browser can still read aloud.</summary>
    public Task<bool> IsAvailableAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) =>
        Task.FromResult(settings.Speech.Enabled);

    /// <summary>What reads aloud to a visitor: the server or the browser; null when spoken replies are off.</summary>
    public async Task<SpeechOffer?> OfferAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct)
    {
        if (!settings.Enabled) return null;
        var (plan, _) = await accounts.PlanAsync(tenant, settings, ct);
        return new SpeechOffer(plan is not null && !await IsSpentAsync(tenant, settings, ct) ? "server" : "browser");
    }

    private async Task<bool> IsSpentAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct) =>
        settings.MonthlyCharacters is { } limit && await usage.CharactersThisMonthAsync(tenant, UsageMeter.Speech, ct) >= limit;
}

/// <summary>Explains to staff what is missing for a voice on the server.</summary>
internal static class SpeechGaps
{
    public static string AdviceOn(SpeechGap gap) => gap switch
    {
        SpeechGap.Browser => "The settings select this (speech.provider is browser).",
        SpeechGap.NoEndpoint => "There is no voice on this server. Set a key with PUT /api/speech/key and choose speech.provider, "
            + "speech.model and speech.voice, or ask the operator to set WIDGET_SPEECH_ENDPOINT.",
        SpeechGap.NoKey => "The tenant has no key for this provider, and the installation's key is for another one. "
            + "Set one with PUT /api/speech/key.",
        SpeechGap.UnreadableKey => "The tenant's key can't be decrypted any more. Set it again with PUT /api/speech/key.",
        SpeechGap.NoModel =>
            "No model is chosen. Set speech.model in the settings; GET /api/speech/test checks whether the provider knows it.",
        SpeechGap.NoVoice =>
            "No voice is chosen. Set speech.voice in the settings; GET /api/speech/voices lists the provider's voices, if it can.",
        _ => "",
    };

    public static string Format(long characters) => characters.ToString("N0", CultureInfo.InvariantCulture);
}
