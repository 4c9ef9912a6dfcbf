namespace Widget.Rag.Fetching;

/// <summary>Why a page could not be fetched, as far as it decides what happens next.</summary>
public enum FetchFailure
{
    /// <summary>Another reason; a retry does not help.</summary>
    Other,

    /// <summary>The page does not exist (404, 410).</summary>
    Gone,

    /// <summary>The server refused the request (the other 4xx).</summary>
    Refused,

    /// <summary>A temporary server error (5xx, 429, a broken connection).</summary>
    Temporary,

    /// <summary>The request timed out.</summary>
    TooSlow,

    /// <summary>The host does not exist, or connections to it are not allowed.</summary>
    Unreachable,

    /// <summary>Too many redirects.</summary>
    Redirects,

    /// <summary>The site's robots.txt disallows it.</summary>
    Forbidden,

    /// <summary>The server reports success, but shows what it shows at addresses that do not exist (a "soft 404").</summary>
    ShownAsMissing,

    /// <summary>It leads to another site, or to a file that cannot be read, although its text is stored.</summary>
    LeadsAway,

    /// <summary>The server reports success, but shows the same text at addresses that had different texts.</summary>
    SameEverywhere,
}

/// <summary>A request for a page.</summary>
public sealed record FetchRequest(Uri Address)
{
    /// <summary>
    /// Validators of the stored version, as the server sent them. If that version is still current, the server sends no content.
    /// </summary>
    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    /// <summary>Maximum number of bytes to read; the rest is ignored. Null reads the whole document and fails if it is too large.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>Called before each request, including redirects. Throws if the address must not be fetched.</summary>
    public Func<Uri, CancellationToken, Task>? Permit { get; init; }
}

/// <summary>A server's response.</summary>
/// <param name="Document">The document; null when the stored version is still current.</param>
public sealed record FetchedPage(RawDocument? Document)
{
    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    /// <summary>The values of the X-Robots-Tag header.</summary>
    public IReadOnlyList<string> RobotsTags { get; init; } = [];
}
