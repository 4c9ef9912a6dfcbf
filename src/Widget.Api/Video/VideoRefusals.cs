using Widget.Api.Calls;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Video;

/// <summary>Why a video call can't be opened.</summary>
internal static class VideoRefusals
{
    private const string Mode = "video";

    public static CallRefusal NotEnabled { get; } = new(
        StatusCodes.Status409Conflict,
        "video_not_enabled",
        "Video is not enabled for this company.")
    {
        Advice = "Video is off. Set useTavusVideo in the settings.",
    };

    public static CallRefusal NoReplica { get; } = new(
        StatusCodes.Status409Conflict,
        "no_replica",
        "No avatar is chosen for this company. Its owner chooses one in the settings (tavusReplicaId).")
    {
        Advice = "No avatar is chosen. Set tavusReplicaId in the settings; GET /api/tavus/replicas lists the available ones.",
    };

    /// <summary>Neither the tenant nor the installation has a key.</summary>
    public static CallRefusal NoKey { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "no_key",
        "Video is not set up here: the key for Tavus is missing.")
    {
        Advice = "There is no key for Tavus. Set one with PUT /api/tavus/key, or ask the operator to set WIDGET_TAVUS_KEY.",
    };

    public static CallRefusal OutOfMinutes { get; } = CallRefusal.OutOfMinutes(Mode, "tavusMonthlyMinutes");

    /// <summary>A visitor asked for another avatar than the company has chosen.</summary>
    public static CallRefusal NotForVisitors { get; } = new(
        StatusCodes.Status403Forbidden,
        "not_for_visitors",
        "Only the company can choose replicaId, personaId and agentName. Send them with an API key, or set them in the company's "
        + "settings.");

    /// <summary>In an account that tenants share, a persona may belong to another tenant.</summary>
    public static CallRefusal SharedAccount { get; } = new(
        StatusCodes.Status409Conflict,
        "shared_account",
        "personaId cannot be chosen for a call while companies share this installation's account at Tavus. "
        + "Set tavusPersonaId in the settings, or set the company's own key (PUT /api/tavus/key).");

    private static CallRefusal Unreachable { get; } = CallRefusal.Unreachable(Mode);

    private static CallRefusal BadKey { get; } = Failed("bad_key", "Tavus does not accept the company's key");

    private static CallRefusal NoCredits { get; } = Failed("no_credits", "the account at Tavus has no credit left");

    private static CallRefusal Refused { get; } = Failed("refused", "Tavus does not know the avatar, or refused the call");

    /// <summary>The refusal for a call that Tavus did not open.</summary>
    public static CallRefusal Of(TavusException exception) => exception.Fault switch
    {
        TavusFault.BadKey => BadKey,
        TavusFault.NoCredits => NoCredits,
        TavusFault.Temporary or TavusFault.Malformed => Unreachable,
        _ => Refused,
    };

    private static CallRefusal Failed(string code, string reason) =>
        new(StatusCodes.Status502BadGateway, code, $"The video call couldn't be started: {reason}. You can switch to text.");
}
