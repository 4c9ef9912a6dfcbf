namespace Widget.Rag.Fetching;

/// <summary>Something could not be fetched; <see cref="Failure"/> tells programs what the message tells people.</summary>
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
}

internal static class FetchFailures
{
    extension(IngestionFailureException exception)
    {
        /// <summary>What kind of failure of fetching it is; <see cref="FetchFailure.Other"/> when it is none.</summary>
        public FetchFailure Failure => exception is FetchFailureException fetching ? fetching.Failure : FetchFailure.Other;
    }
}
