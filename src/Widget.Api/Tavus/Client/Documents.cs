namespace Widget.Api.Tavus.Client;

/// <summary>A document for the avatar to read.</summary>
public sealed record CreateDocument
{
    /// <summary>The URL from which Tavus fetches the document. A document cannot be uploaded.</summary>
    public required string DocumentUrl { get; init; }

    public string? DocumentName { get; init; }

    /// <summary>URL that is called when the document is ready. Tavus does not document what it sends.</summary>
    public string? CallbackUrl { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Also reads the pages that the document links to.</summary>
    public DocumentCrawl? Crawl { get; init; }
}

/// <param name="Depth">How many links to follow, 1 to 10.</param>
/// <param name="MaxPages">1 to 100.</param>
public sealed record DocumentCrawl(int? Depth = null, int? MaxPages = null);

/// <summary>Which documents to list.</summary>
public sealed record DocumentFilter
{
    /// <summary>One of <see cref="TavusDocument.Status"/>.</summary>
    public string? Status { get; init; }

    /// <summary>Part of a name, or an id.</summary>
    public string? NameOrId { get; init; }

    /// <summary>Documents with any of these tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Lists the oldest first; by default the newest.</summary>
    public bool Ascending { get; init; }
}

/// <summary>A document in a response of Tavus.</summary>
public sealed record TavusDocument
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? Url { get; init; }

    /// <summary>started, processing, ready, error or recrawling.</summary>
    public string? Status { get; init; }

    /// <summary>In percent.</summary>
    public int? Progress { get; init; }

    /// <summary>A code, for example <c>file_download_failed</c>.</summary>
    public string? ErrorMessage { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Null for a document that is not crawled.</summary>
    public DocumentCrawl? Crawl { get; init; }

    public IReadOnlyList<string> CrawledUrls { get; init; } = [];

    public DateTimeOffset? LastCrawledAt { get; init; }

    public int? CrawlCount { get; init; }

    internal static TavusDocument Read(TavusObject answer) => new()
    {
        Id = answer.Id("document_id", "uuid"),
        Name = answer.Text("document_name"),
        Url = answer.Text("document_url"),
        Status = answer.Text("status"),
        Progress = answer.Number("progress"),
        ErrorMessage = answer.Text("error_message"),
        CreatedAt = answer.Time("created_at"),
        UpdatedAt = answer.Time("updated_at"),
        Tags = answer.Texts("tags"),
        Crawl = answer.Object("crawl_config", "crawl") is { } crawl
            ? new DocumentCrawl(new TavusObject(crawl).Number("depth"), new TavusObject(crawl).Number("max_pages"))
            : null,
        CrawledUrls = answer.Texts("crawled_urls"),
        LastCrawledAt = answer.Time("last_crawled_at"),
        CrawlCount = answer.Number("crawl_count"),
    };
}
