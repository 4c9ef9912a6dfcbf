namespace Widget.Api.Video;

/// <summary>
/// Client ids of utterances in video calls. They start with a prefix that the client ids of chat messages cannot have, because pages choose
/// those freely.
/// </summary>
internal static class UtteranceIds
{
    private const string Prefix = "video:";

    /// <summary>The common prefix of a session's utterances.</summary>
    public static string Of(VideoSession session) => $"{Prefix}{session.Id.Value:N}:";
}
