using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Voice.Providers;
using Widget.Api.Web;

namespace Widget.Api.Voice;

/// <summary>Why there is no voice call.</summary>
public enum VoiceRefusal
{
    /// <summary>The tenant has not switched it on.</summary>
    NotOffered,

    /// <summary>Neither the tenant nor the installation has a key that fits.</summary>
    NoKey,

    /// <summary>No model is chosen.</summary>
    NoModel,

    /// <summary>The tenant's minutes of this month are used up, or reserved by calls that are going on.</summary>
    OutOfBudget,

    /// <summary>What the tenant allows itself in a month, of messages, tokens or spend, is used up.</summary>
    BudgetReached,

    /// <summary>The tenant has a ceiling on spend, and the price of the model is not known.</summary>
    NoPrice,

    /// <summary>The provider does not accept the key.</summary>
    BadKey,

    /// <summary>The account at the provider has nothing left.</summary>
    Quota,

    /// <summary>The provider does not know the model, or refuses the request for another reason.</summary>
    Refused,

    /// <summary>The provider is away, or its answer was lost.</summary>
    Unreachable,

    NoSuchConversation,
}

/// <summary>Refusals as callers see them. The code is for programs, the words are for people.</summary>
internal static class VoiceRefusals
{
    public static VoiceRefusal Of(VoiceProviderException fault) => fault.Fault switch
    {
        VoiceFault.BadKey => VoiceRefusal.BadKey,
        VoiceFault.Quota => VoiceRefusal.Quota,
        VoiceFault.Temporary => VoiceRefusal.Unreachable,
        _ => VoiceRefusal.Refused,
    };

    public static ProblemHttpResult ToProblem(this VoiceRefusal refusal)
    {
        var (status, code, words) = refusal switch
        {
            VoiceRefusal.NotOffered => (StatusCodes.Status409Conflict, "voice_not_enabled", "Voice is not switched on for this company."),
            VoiceRefusal.NoKey => (StatusCodes.Status503ServiceUnavailable, "no_key", "Voice is not set up here: there is no key for it."),
            VoiceRefusal.NoModel => (StatusCodes.Status503ServiceUnavailable, "no_model", "Voice is not set up here: no model is chosen for it."),
            VoiceRefusal.OutOfBudget => (StatusCodes.Status402PaymentRequired, "out_of_budget", "This month's voice minutes are used up. You can switch to text."),
            VoiceRefusal.BudgetReached => (StatusCodes.Status402PaymentRequired, "budget_reached", "The company's budget for this month is used up. You can switch to text."),
            VoiceRefusal.NoPrice => (StatusCodes.Status402PaymentRequired, "price_unknown", "Voice is unavailable, because its price is unknown and the company limits spending. You can switch to text."),
            VoiceRefusal.BadKey => (StatusCodes.Status502BadGateway, "bad_key", "The call could not be opened: the voice service does not accept the company's key. You can switch to text."),
            VoiceRefusal.Quota => (StatusCodes.Status502BadGateway, "quota", "The call could not be opened: the company's account at the voice service is used up. You can switch to text."),
            VoiceRefusal.Refused => (StatusCodes.Status502BadGateway, "refused", "The call could not be opened: the voice service refuses it. You can switch to text."),
            VoiceRefusal.NoSuchConversation => (StatusCodes.Status404NotFound, "no_conversation", "There is no such conversation."),
            _ => (StatusCodes.Status503ServiceUnavailable, "unreachable", "The voice service cannot be reached just now. Please try again in a moment, or switch to text."),
        };
        return Problems.Because(status, words, code);
    }
}
