using System.Globalization;
using Widget.Api.Modes;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>Spoken replies, among the ways to talk: by the server's voice, or by the visitor's browser, which needs no keys.</summary>
public sealed class SpeechMode(SpeechAccounts accounts, UsageMeter usage) : IModeOffer
{
    public string Mode => "speech";

    public IReadOnlyList<string> Needs { get; } = ["audio"];

    public async Task<ModeState> StateAsync(TenantId tenant, TenantSettings settings, CancellationToken ct)
    {
        if (!settings.Speech.Enabled) return new(Mode, Available: false, "Spoken replies are off. Switch speech.enabled on in the settings.");
        var (plan, gap) = await accounts.PlanAsync(tenant, settings.Speech, ct);
        if (plan is null) return new(Mode, Available: true, $"Visitors' browsers read answers aloud. {SpeechGaps.Words(gap)}");
        return await IsSpentAsync(tenant, settings.Speech, ct)
            ? new(Mode, Available: true, "This month's characters are used up, so visitors' browsers read answers aloud. Raise speech.monthlyCharacters, or wait for the first of the next month.")
            : new(Mode, Available: true, $"Answers are read aloud by {plan.Account.Endpoint.Host}, voice {plan.Voice}.");
    }

    /// <summary>Whatever the server lacks, the visitor's browser can read aloud.</summary>
    public Task<bool> IsAvailableAsync(TenantId tenant, TenantSettings settings, CancellationToken ct) => Task.FromResult(settings.Speech.Enabled);

    /// <summary>Who reads aloud to a visitor; null when nobody does.</summary>
    public async Task<SpeechOffer?> OfferAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct)
    {
        if (!settings.Enabled) return null;
        var (plan, _) = await accounts.PlanAsync(tenant, settings, ct);
        return new SpeechOffer(plan is not null && !await IsSpentAsync(tenant, settings, ct) ? "server" : "browser");
    }

    private async Task<bool> IsSpentAsync(TenantId tenant, SpeechSettings settings, CancellationToken ct) =>
        settings.MonthlyCharacters is { } limit && await usage.CharactersThisMonthAsync(tenant, UsageMeter.Speech, ct) >= limit;
}

/// <summary>What is missing for a voice on the server, and how to come by it, in words.</summary>
internal static class SpeechGaps
{
    public static string Words(SpeechGap gap) => gap switch
    {
        SpeechGap.Browser => "That is how it is set (speech.provider is browser).",
        SpeechGap.NoEndpoint => "There is no voice on this server. Set a key with PUT /api/speech/key and choose speech.provider, speech.model and speech.voice, or have the operator set WIDGET_SPEECH_ENDPOINT.",
        SpeechGap.NoKey => "There is no key of the tenant's own for this provider, and this installation's is not used there. Set one with PUT /api/speech/key.",
        SpeechGap.LostKey => "The tenant's own key cannot be opened with this installation's keys any more. Set it again with PUT /api/speech/key.",
        SpeechGap.NoModel => "No model is chosen. Set speech.model in the settings; GET /api/speech/test says whether the provider knows it.",
        SpeechGap.NoVoice => "No voice is chosen. Set speech.voice in the settings; GET /api/speech/voices lists those there are, where the provider tells.",
        _ => "",
    };

    public static string Number(long characters) => characters.ToString("N0", CultureInfo.InvariantCulture);
}
