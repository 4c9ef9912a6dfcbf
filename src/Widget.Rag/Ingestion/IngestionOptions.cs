namespace Widget.Rag.Ingestion;

/// <summary>What a document may cost, and how a node's workers share their time.</summary>
public sealed record IngestionOptions
{
    public const int DefaultPages = 2_000;

    public const int DefaultSeconds = 600;

    /// <summary>Pages of a document that are read; of a longer one, as many as that (WIDGET_DOCUMENT_PAGES).</summary>
    public int MostPages { get; init; } = DefaultPages;

    /// <summary>How long reading a document may take; what has been read by then is kept where it can be (WIDGET_DOCUMENT_SECONDS).</summary>
    public TimeSpan DocumentTime { get; init; } = TimeSpan.FromSeconds(DefaultSeconds);

    /// <summary>Workers for what is quick. Small documents wait for nothing but one another.</summary>
    public int QuickWorkers { get; init; } = 2;

    /// <summary>Workers for what has been found to take long.</summary>
    public int SlowWorkers { get; init; } = 3;

    /// <summary>A document that takes longer is left to the slow workers. Also how long a batch of documents is read before it is stored.</summary>
    public TimeSpan QuickTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for what must be fetched first: the time of others, which costs little.</summary>
    public TimeSpan FetchTime => QuickTime * 2;

    /// <summary>How long a job goes on before another tenant's has its turn.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(5);
}
