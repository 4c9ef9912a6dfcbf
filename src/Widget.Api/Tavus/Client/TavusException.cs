namespace Widget.Api.Tavus.Client;

/// <summary>Kinds of failures, by what can be done about them.</summary>
public enum TavusFault
{
    /// <summary>The key is not accepted, or not from this address. Someone must set another key.</summary>
    BadKey,

    /// <summary>The account has no minutes left. Someone must buy more.</summary>
    NoCredits,

    /// <summary>The account has reached its limit of concurrent calls. Wait until one ends.</summary>
    ConcurrencyReached,

    /// <summary>The request is invalid. Sending it again does not help.</summary>
    BadRequest,

    /// <summary>The object does not exist, or no longer.</summary>
    NotFound,

    /// <summary>The request conflicts with the current state: a name is taken, or a document is being processed.</summary>
    Conflict,

    /// <summary>Tavus is busy, broken or unreachable. Try again later.</summary>
    Temporary,

    /// <summary>The response cannot be read.</summary>
    Malformed,
}

/// <summary>A request to Tavus failed.</summary>
/// <param name="fault">What can be done about it.</param>
/// <param name="message">What is wrong, for staff. It is Tavus's message if there is one, shortened and without keys.</param>
/// <param name="cause">The underlying exception.</param>
public sealed class TavusException(TavusFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public TavusFault Fault => fault;

    /// <summary>HTTP status; null without a response.</summary>
    public int? Status { get; init; }

    /// <summary>How long to wait before the next request, if Tavus or the circuit breaker reports it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Tavus may have carried out the request although its response was lost. Before you create something again, look for it.
    /// </summary>
    public bool MayHaveHappened { get; init; }
}
