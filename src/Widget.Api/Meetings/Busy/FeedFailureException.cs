namespace Widget.Api.Meetings.Busy;

/// <summary>A calendar feed cannot be read. The message says why, for people.</summary>
internal sealed class FeedFailureException : Exception
{
    public FeedFailureException()
    {
    }

    public FeedFailureException(string message)
        : base(message)
    {
    }

    public FeedFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
