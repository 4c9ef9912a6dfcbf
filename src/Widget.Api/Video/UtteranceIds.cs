namespace Widget.Api.Video;

/// <summary>
/// Client ids of what is said in calls. Pages choose the last part of theirs, and visitors the whole of their messages', so ours begin with what
/// <see cref="Reserved"/> keeps from them.
/// </summary>
internal static class UtteranceIds
{
    /// <summary>What a visitor's own client ids may not begin with.</summary>
    public const string Reserved = "video:";

    public static string Of(VideoSession session) => $"{Reserved}{session.Id.Value:N}:";
}
