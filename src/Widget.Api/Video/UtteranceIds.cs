namespace Widget.Api.Video;

/// <summary>
/// Client ids of utterances in video calls. Pages choose the last part of these ids and the whole ids of chat messages, so ours start with
/// a prefix that chat messages cannot use.
/// </summary>
internal static class UtteranceIds
{
    /// <summary>The prefix that visitors' client ids cannot have.</summary>
    public const string Reserved = "video:";

    public static string Of(VideoSession session) => $"{Reserved}{session.Id.Value:N}:";
}
