namespace Widget.Rag.Reading;

/// <summary>Limits for reading a document, and how a node's workers share their time.</summary>
public sealed record IngestionOptions
{
    public const int DefaultPages = 2_000;

    public const int DefaultSeconds = 600;

    /// <summary>Maximum number of pages read of a document; the rest of a longer one is ignored (WIDGET_DOCUMENT_PAGES).</summary>
    public int MaxPages { get; init; } = DefaultPages;

    /// <summary>
    /// Time limit for reading a document. Formats that allow it keep what has been read by then (WIDGET_DOCUMENT_SECONDS).
    /// </summary>
    public TimeSpan DocumentTime { get; init; } = TimeSpan.FromSeconds(DefaultSeconds);

    /// <summary>Number of workers for quick documents. These never wait for slow ones.</summary>
    public int QuickWorkers { get; init; } = 2;

    /// <summary>Number of workers for documents that have turned out to be slow.</summary>
    public int SlowWorkers { get; init; } = 3;

    /// <summary>Documents that take longer go to the slow workers. Also how long documents are read before the batch is stored.</summary>
    public TimeSpan QuickTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for documents that must be fetched first: waiting for other servers costs little.</summary>
    public TimeSpan FetchTime => QuickTime * 2;

    /// <summary>How long a job runs before another tenant's job is scheduled.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(5);
}
