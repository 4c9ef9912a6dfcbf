namespace Widget.Rag.Fetching;

/// <summary>Limits for fetching pages.</summary>
public sealed record FetchOptions
{
    /// <summary>Private hosts that may be fetched, as <c>host:port</c>, for example the operator's demo site.</summary>
    public IReadOnlySet<string> AllowedPrivateHosts { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Time limit from the first byte sent to the last received, including redirects.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum size of a document after decompression, in bytes.</summary>
    public int MaxBytes { get; init; } = 25 << 20;

    public int MaxRedirects { get; init; } = 10;

    /// <summary>Maximum number of parallel requests to one host.</summary>
    public int ParallelPerHost { get; init; } = 2;

    /// <summary>Minimum time between the starts of two requests to one host.</summary>
    public TimeSpan HostDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Delay before the retry after a temporary server error.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    public string UserAgent { get; init; } = "WidgetBot/1.0 (knowledge import)";
}
