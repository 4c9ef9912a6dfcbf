namespace Widget.Api.Handoffs;

/// <summary>The visitor may not write any more.</summary>
public sealed class VisitorBannedException() : Exception(Text)
{
    /// <summary>What a banned visitor is told.</summary>
    public const string Text = "You can't send messages in this chat any more.";

    /// <summary>The error code for programs.</summary>
    public const string Code = "banned";
}
