using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>Whether a page is in the knowledge, and otherwise why not.</summary>
public enum PageVerdict
{
    /// <summary>It is stored and searchable.</summary>
    Stored,

    /// <summary>A job will read it, or is reading it.</summary>
    Waiting,

    /// <summary>Its text is stored under another address of the site.</summary>
    Duplicate,

    /// <summary>It could not be read.</summary>
    Failed,

    /// <summary>It forbids indexing.</summary>
    NoIndex,

    /// <summary>The site's robots.txt forbids reading it.</summary>
    RobotsTxt,

    /// <summary>A rule of the source excludes it.</summary>
    Excluded,

    /// <summary>The source has rules about what to include, and none includes it.</summary>
    NotIncluded,

    /// <summary>No source covers its site.</summary>
    NoSource,

    /// <summary>Its address does not look like a page or a readable document.</summary>
    NotAPage,

    /// <summary>It leads to another site.</summary>
    LeadsAway,

    /// <summary>The last crawl stopped at its limit of pages.</summary>
    LimitReached,

    /// <summary>The last crawl found no link and no entry of a site map that leads to it.</summary>
    NotLinked,

    /// <summary>It can be read now, and the next crawl will read it.</summary>
    NotReadYet,
}

/// <summary>Why a page is or is not in the knowledge.</summary>
/// <param name="Address">The page's address, as it is stored.</param>
/// <param name="Verdict">The reason.</param>
public sealed record PageReport(Uri Address, PageVerdict Verdict)
{
    /// <summary>The error, the rule or the other address, in plain words; null when the verdict says all.</summary>
    public string? Detail { get; init; }

    /// <summary>The stored document, under this address or another one.</summary>
    public DocumentId? Document { get; init; }

    /// <summary>The source that covers the page.</summary>
    public SourceId? Source { get; init; }
}
