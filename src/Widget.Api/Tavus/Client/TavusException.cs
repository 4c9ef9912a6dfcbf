namespace Widget.Api.Tavus.Client;

/// <summary>What is wrong, told apart by what can be done about it.</summary>
public enum TavusFault
{
    /// <summary>The key is not accepted, or not from here: a person must set another.</summary>
    BadKey,

    /// <summary>The account's minutes are used up: a person must buy more.</summary>
    NoCredits,

    /// <summary>All of the account's calls are taken: wait until one ends.</summary>
    ConcurrencyReached,

    /// <summary>It does not take what it was sent; sending it again changes nothing.</summary>
    BadRequest,

    /// <summary>What was named does not exist, or no longer.</summary>
    NotFound,

    /// <summary>It cannot be done as things stand: a name is taken, a document is being read.</summary>
    Conflict,

    /// <summary>It is busy, broken or out of reach: try later.</summary>
    Temporary,

    /// <summary>What it said cannot be understood.</summary>
    Malformed,
}

/// <summary>Tavus did not do what it was asked.</summary>
/// <param name="fault">What can be done about it.</param>
/// <param name="message">What was wrong, for staff: Tavus's own words where it said something, shortened, and never a key.</param>
/// <param name="cause">The exception beneath.</param>
public sealed class TavusException(TavusFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public TavusFault Fault => fault;

    /// <summary>HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>How long it asks, or its circuit breaker needs, to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// The request may have been carried out all the same: only its answer was lost. Whoever creates something must look for it before
    /// trying again.
    /// </summary>
    public bool MayHaveHappened { get; init; }
}
