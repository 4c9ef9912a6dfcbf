using Widget.Api.Calls;
using Widget.Api.Voice.Providers;

namespace Widget.Api.Voice;

/// <summary>The reasons why a voice call can't be opened.</summary>
internal static class VoiceRefusals
{
    public static CallRefusal NotEnabled { get; } = CallRefusal.NotEnabled("Voice", "voice.enabled");

    /// <summary>Neither the tenant nor the installation has a key.</summary>
    public static CallRefusal NoKey { get; } = CallRefusal.NotSetUp("no_key", "Voice", "the key is missing") with
    {
        Advice = "There is no key for voice. Set one with PUT /api/voice/key, or ask the operator to set WIDGET_VOICE_ENDPOINT and "
            + "WIDGET_VOICE_KEY.",
    };

    /// <summary>The tenant's own endpoint has no key.</summary>
    public static CallRefusal NoKeyForEndpoint { get; } = NoKey with
    {
        Advice = "voice.endpoint is the tenant's own service, which needs its own key. Set it with PUT /api/voice/key.",
    };

    public static CallRefusal NoModel { get; } = CallRefusal.NotSetUp("no_model", "Voice", "the model is missing") with
    {
        Advice = "No model is chosen. Set voice.model in the settings, or ask the operator to set WIDGET_VOICE_MODEL.",
    };

    public static CallRefusal OutOfMinutes { get; } = CallRefusal.OutOfMinutes("voice", "voice.monthlyMinutes");

    /// <summary>The tenant limits its spend, and the price of the model is unknown.</summary>
    public static CallRefusal NoPrice { get; } = new(
        StatusCodes.Status402PaymentRequired,
        "price_unknown",
        "Voice is unavailable, because its price is unknown and the company limits spending. You can switch to text.")
    {
        Advice = "budget.monthlyModelSpend is set, but the price of the voice model is unknown. Ask the operator to add it to "
            + "WIDGET_MODEL_PRICES, or use budget.monthlyTokens.",
    };

    public static CallRefusal Unreachable { get; } = CallRefusal.Unreachable("voice");

    private static CallRefusal BadKey { get; } = NotStarted("bad_key", "the voice service does not accept the company's key");

    private static CallRefusal Quota { get; } = NotStarted("quota", "the company's account with the voice service has no credit left");

    private static CallRefusal Refused { get; } = NotStarted("refused", "the voice service refused the call");

    /// <summary>The refusal for a call that the provider did not open.</summary>
    public static CallRefusal Of(VoiceProviderException exception) => exception.Fault switch
    {
        VoiceFault.BadKey => BadKey,
        VoiceFault.Quota => Quota,
        VoiceFault.Temporary => Unreachable,
        _ => Refused,
    };

    private static CallRefusal NotStarted(string code, string reason) => CallRefusal.NotStarted(code, "call", reason);
}
