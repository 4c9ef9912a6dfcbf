using Widget.Rag.Fetching;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>What has become of an item so far.</summary>
internal sealed record ItemOutcome
{
    /// <summary>What its document is called: the item's id, or the address that the page wants to be known by.</summary>
    public required string ExternalId { get; init; }

    public RawDocument? Raw { get; init; }

    /// <summary>How the page came; null for a document that was given, or when it did not come.</summary>
    public FetchedPage? Page { get; init; }

    /// <summary>The page is as it was when it was last read.</summary>
    public bool Unchanged { get; init; }

    /// <summary>False when the page asks not to be found, or is not one that is wanted.</summary>
    public bool Index { get; init; } = true;

    /// <summary>The source's rules leave the page out, although it may be found.</summary>
    public bool Unwanted { get; init; }

    /// <summary>False when the page asks that its links not be followed.</summary>
    public bool Follow { get; init; } = true;

    public Uri? Canonical { get; init; }

    /// <summary>The other page of the job in whose favour it is set aside.</summary>
    public string? AsideFor { get; init; }

    /// <summary>Null when there is nothing to store: unchanged, set aside, not to be found, or failed.</summary>
    public PreparedDocument? Document { get; init; }

    public IReadOnlyList<Uri> Links { get; init; } = [];

    public string? Error { get; init; }

    /// <summary>There was no time for it at this turn; it goes back as it was.</summary>
    public bool IsPutBack { get; init; }

    /// <summary>It goes back because it takes long.</summary>
    public bool TooSlow { get; init; }

    public FetchFailure Failure { get; init; }

    /// <summary>The page could not be read the last time either, nor ever before under this address.</summary>
    public bool NeverRead { get; init; }

    /// <summary>
    /// Whether nothing can be told of the page, so that what it may lead to must not be taken for gone. One that has never been readable
    /// has led to nothing, unless the reason is one that passes.
    /// </summary>
    public bool Unknown => Error is not null && Failure switch
    {
        FetchFailure.Gone or FetchFailure.Forbidden => false,
        FetchFailure.Temporary or FetchFailure.TooSlow or FetchFailure.Unreachable => true,
        _ => !NeverRead,
    };

    /// <summary>Whether a document that is there must go: the page is gone, or does not want to be found any more.</summary>
    public bool Remove => Error is null ? !Index || AsideFor is not null : Failure is FetchFailure.Gone or FetchFailure.Forbidden;
}
