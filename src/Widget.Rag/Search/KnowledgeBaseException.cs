namespace Widget.Rag.Search;

/// <summary>What kept a knowledge base from answering.</summary>
public enum KnowledgeFault
{
    /// <summary>It cannot be reached, or has trouble of its own.</summary>
    Unavailable,

    /// <summary>Somebody has to set something right first: a key, an id, an unpaid bill.</summary>
    Configuration,

    /// <summary>It has been asked too often.</summary>
    Throttled,

    /// <summary>It answered, but nothing that makes sense.</summary>
    Malformed,

    /// <summary>It does not take this question, too long perhaps; that says nothing of others.</summary>
    Refused,
}

/// <summary>A knowledge base could not answer. The message is for the search's trace, so it repeats nothing of what was sent or received.</summary>
public sealed class KnowledgeBaseException(KnowledgeFault fault, string message, TimeSpan? retryAfter = null, Exception? cause = null)
    : Exception(message, cause)
{
    public KnowledgeFault Fault { get; } = fault;

    /// <summary>How long it asks to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
