namespace Widget.Rag.Search;

/// <summary>Why a knowledge base could not answer.</summary>
public enum KnowledgeFault
{
    /// <summary>It cannot be reached, or has an internal error.</summary>
    Unavailable,

    /// <summary>Its configuration must be corrected first, for example a key, an id or an unpaid bill.</summary>
    Configuration,

    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>It returned an invalid answer.</summary>
    Malformed,

    /// <summary>It rejects this question, for example because it is too long. Other questions may succeed.</summary>
    Refused,
}

/// <summary>
/// A knowledge base could not answer. The message goes to the search trace, so it must not contain anything that was sent or received.
/// </summary>
public sealed class KnowledgeBaseException(KnowledgeFault fault, string message, TimeSpan? retryAfter = null, Exception? cause = null)
    : Exception(message, cause)
{
    public KnowledgeFault Fault { get; } = fault;

    /// <summary>How long to wait before the next request; null when the service does not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
