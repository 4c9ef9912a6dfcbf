namespace Widget.Rag.Fetching;

/// <summary>A page could not be fetched. <see cref="Failure"/> gives the kind of failure; the message is for people.</summary>
public sealed class FetchFailureException : IngestionFailureException
{
    public FetchFailureException()
    {
    }

    public FetchFailureException(string message)
        : base(message)
    {
    }

    public FetchFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public FetchFailure Failure { get; init; }

    /// <summary>The address that answered, after redirects; null when none did.</summary>
    public Uri? Address { get; init; }
}

internal static class FetchFailures
{
    extension(IngestionFailureException exception)
    {
        /// <summary>The kind of fetch failure; <see cref="FetchFailure.Other"/> for other exceptions.</summary>
        public FetchFailure Failure => exception is FetchFailureException fetching ? fetching.Failure : FetchFailure.Other;
    }
}
