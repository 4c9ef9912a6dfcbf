using Widget.Api.Calls;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Video;

/// <summary>The reasons why a video call can't be opened.</summary>
internal static class VideoRefusals
{
    public static CallRefusal NotEnabled { get; } = CallRefusal.NotEnabled("Video", "useTavusVideo");

    public static CallRefusal NoReplica { get; } = new(
        StatusCodes.Status409Conflict,
        "no_replica",
        "No avatar is chosen for this company. Its owner chooses one in the settings (tavusReplicaId).")
    {
        Advice = "No avatar is chosen. Set tavusReplicaId in the settings; GET /api/tavus/replicas lists the available ones.",
    };

    /// <summary>Neither the tenant nor the installation has a key for Tavus.</summary>
    public static CallRefusal NoKey { get; } = CallRefusal.NotSetUp("no_key", "Video", "the key for Tavus is missing") with
    {
        Advice = "There is no key for Tavus. Set one with PUT /api/tavus/key, or ask the operator to set WIDGET_TAVUS_KEY.",
    };

    public static CallRefusal OutOfMinutes { get; } = CallRefusal.OutOfMinutes("video", "tavusMonthlyMinutes");

    /// <summary>A visitor requested another avatar than the company has chosen.</summary>
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

    private static CallRefusal Unreachable { get; } = CallRefusal.Unreachable("video");

    private static CallRefusal BadKey { get; } = NotStarted("bad_key", "Tavus does not accept the company's key");

    private static CallRefusal NoCredits { get; } = NotStarted("no_credits", "the account at Tavus has no credit left");

    private static CallRefusal Refused { get; } = NotStarted("refused", "Tavus does not know the avatar or refused the call");

    /// <summary>The refusal for a call that Tavus did not open.</summary>
    public static CallRefusal Of(TavusException exception) => exception.Fault switch
    {
        TavusFault.BadKey => BadKey,
        TavusFault.NoCredits => NoCredits,
        TavusFault.Temporary or TavusFault.Malformed => Unreachable,
        _ => Refused,
    };

    private static CallRefusal NotStarted(string code, string reason) => CallRefusal.NotStarted(code, "video call", reason);
}
