using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tavus.Client;
using Widget.Api.Web;

namespace Widget.Api.Video;

/// <summary>Why there is no video call.</summary>
public enum VideoRefusal
{
    /// <summary>The tenant has not switched it on.</summary>
    NotOffered,

    /// <summary>No replica is chosen.</summary>
    NoReplica,

    /// <summary>Neither the tenant nor the installation has a key.</summary>
    NoKey,

    /// <summary>The tenant's minutes of this month are used up, or reserved by calls that are going on.</summary>
    OutOfBudget,

    /// <summary>What the tenant allows itself in a month, of messages, tokens or spend, is used up.</summary>
    BudgetReached,

    /// <summary>Tavus does not accept the key.</summary>
    BadKey,

    /// <summary>The account at Tavus has no credit left.</summary>
    NoCredits,

    /// <summary>Tavus does not know the replica or persona, or refuses the request for another reason.</summary>
    Refused,

    /// <summary>Tavus is away, or its answer was lost.</summary>
    Unreachable,

    NoSuchConversation,

    /// <summary>A visitor wishes for another avatar than the company has chosen.</summary>
    NotTheVisitors,

    /// <summary>In an account that tenants share, a persona may be another's.</summary>
    SharedAccount,
}

/// <summary>Refusals as callers see them. The code is for programs, the words are for people.</summary>
internal static class VideoRefusals
{
    public static VideoRefusal Of(TavusException fault) => fault.Fault switch
    {
        TavusFault.BadKey => VideoRefusal.BadKey,
        TavusFault.NoCredits => VideoRefusal.NoCredits,
        TavusFault.Temporary or TavusFault.Malformed => VideoRefusal.Unreachable,
        _ => VideoRefusal.Refused,
    };

    public static ProblemHttpResult ToProblem(this VideoRefusal refusal)
    {
        var (status, code, words) = refusal switch
        {
            VideoRefusal.NotOffered => (StatusCodes.Status409Conflict, "video_not_enabled", "Video is not switched on for this company."),
            VideoRefusal.NoReplica => (StatusCodes.Status409Conflict, "no_replica", "No avatar is chosen for this company. Its owner chooses one in the settings (tavusReplicaId)."),
            VideoRefusal.NoKey => (StatusCodes.Status503ServiceUnavailable, "no_key", "Video is not set up here: there is no key for Tavus."),
            VideoRefusal.OutOfBudget => (StatusCodes.Status402PaymentRequired, "out_of_budget", "This month's video minutes are used up. You can switch to text."),
            VideoRefusal.BudgetReached => (StatusCodes.Status402PaymentRequired, "budget_reached", "The company's budget for this month is used up. You can switch to text."),
            VideoRefusal.BadKey => (StatusCodes.Status502BadGateway, "bad_key", "The video call could not be opened: Tavus does not accept the company's key."),
            VideoRefusal.NoCredits => (StatusCodes.Status502BadGateway, "no_credits", "The video call could not be opened: the account at Tavus has no credit left."),
            VideoRefusal.Refused => (StatusCodes.Status502BadGateway, "refused", "The video call could not be opened: Tavus does not know the avatar or refuses it."),
            VideoRefusal.NoSuchConversation => (StatusCodes.Status404NotFound, "no_conversation", "There is no such conversation."),
            VideoRefusal.NotTheVisitors => (StatusCodes.Status403Forbidden, "not_for_visitors",
                "replicaId, personaId and agentName are the company's to choose. Send them with an API key, or set them in the company's settings."),
            VideoRefusal.SharedAccount => (StatusCodes.Status409Conflict, "shared_account",
                "personaId cannot be chosen for a call while companies share this installation's account at Tavus. "
                + "Set tavusPersonaId in the settings, or a key of the company's own (PUT /api/tavus/key)."),
            _ => (StatusCodes.Status503ServiceUnavailable, "unreachable", "The video service cannot be reached just now. Please try again in a moment, or switch to text."),
        };
        return Problems.Because(status, words, code);
    }
}
