namespace Widget.Rag.Fetching;

/// <summary>What may be fetched, and how much of it.</summary>
public sealed record FetchOptions
{
    /// <summary>
    /// Hosts, as <c>host:port</c>, that may be fetched although they are private: the operator's own, such as a demo site.
    /// </summary>
    public IReadOnlySet<string> AllowedPrivateHosts { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>From the first byte sent to the last received, redirects included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest document, after decompression.</summary>
    public int MaxBytes { get; init; } = 25 << 20;

    public int MaxRedirects { get; init; } = 10;

    /// <summary>Fetches from one host at once.</summary>
    public int ParallelPerHost { get; init; } = 2;

    /// <summary>Between the beginnings of two fetches from one host.</summary>
    public TimeSpan HostDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Before a page whose server was in trouble is tried once more.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    public string UserAgent { get; init; } = "WidgetBot/1.0 (knowledge import)";
}
