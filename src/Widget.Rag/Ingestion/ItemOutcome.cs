using Widget.Rag.Fetching;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>Intermediate result of processing an item.</summary>
internal sealed record ItemOutcome
{
    /// <summary>External id of the document: the item's id, or the page's canonical address.</summary>
    public required string ExternalId { get; init; }

    public RawDocument? Raw { get; init; }

    /// <summary>The server's response; null for imported documents, or when the request failed.</summary>
    public FetchedPage? Page { get; init; }

    /// <summary>Whether the page has not changed since it was last read.</summary>
    public bool Unchanged { get; init; }

    /// <summary>False when the page forbids indexing or is excluded.</summary>
    public bool Index { get; init; } = true;

    /// <summary>Whether the source's rules exclude the page, although the page itself allows indexing.</summary>
    public bool ExcludedByRules { get; init; }

    /// <summary>False when the page forbids following its links.</summary>
    public bool Follow { get; init; } = true;

    /// <summary>The address that answered, after redirects; null for imported documents.</summary>
    public Uri? FinalAddress { get; init; }

    /// <summary>The address of the same site that the page names as its canonical one; null when it names none, or its own.</summary>
    public Uri? Canonical { get; init; }

    /// <summary>The text of a fetched HTML page; null for other documents, or when it was not read.</summary>
    public PageText? Text { get; init; }

    /// <summary>What was unusual about the page; null when nothing was.</summary>
    public PageFinding? Finding { get; init; }

    /// <summary>The canonical page in the same job; null when this page is not a duplicate.</summary>
    public string? DuplicateOf { get; init; }

    /// <summary>A sample of the text of a page that is set aside for its canonical page.</summary>
    public long[]? TextSample { get; init; }

    /// <summary>A sample of a new text that is not stored yet, because other pages show it, too.</summary>
    public long[]? HeldText { get; init; }

    /// <summary>Number of crawls in a row that saw the held text, with this one.</summary>
    public short HeldVisits { get; init; }

    /// <summary>The document to store; null when the page is unchanged, a duplicate, not to be indexed, or failed.</summary>
    public PreparedDocument? Document { get; init; }

    public IReadOnlyList<Uri> Links { get; init; } = [];

    public string? Error { get; init; }

    /// <summary>Whether there was no time for the item. It returns to the queue.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Whether the item is too slow for the quick lane.</summary>
    public bool TooSlow { get; init; }

    public FetchFailure Failure { get; init; }

    /// <summary>Whether the page has never been read under this address.</summary>
    public bool NeverRead { get; init; }

    /// <summary>
    /// Whether the crawl failed to learn which links the page has, so that pages it may link to must not be considered gone. A page that
    /// was never readable had no links, unless its failure is temporary.
    /// </summary>
    public bool IsInconclusive => Error is not null && Failure switch
    {
        // What a page that leads away links to is kept until the next crawl agrees (GonePages).
        FetchFailure.Gone or FetchFailure.Forbidden or FetchFailure.ShownAsMissing or FetchFailure.LeadsAway => false,
        FetchFailure.Temporary or FetchFailure.TooSlow or FetchFailure.Unreachable or FetchFailure.SameEverywhere => true,
        _ => !NeverRead,
    };

    /// <summary>Whether to remove the stored document now: the page is a duplicate, or must not be stored.</summary>
    public bool ShouldRemove => Error is null ? !Index || DuplicateOf is not null : Failure is FetchFailure.Forbidden;

    /// <summary>
    /// Whether the page seems not to exist any more. At the end of a site's crawl, <see cref="GonePages"/> decides whether to believe it.
    /// </summary>
    public bool IsMissing => Error is not null && Failure is FetchFailure.Gone or FetchFailure.ShownAsMissing or FetchFailure.LeadsAway;
}
