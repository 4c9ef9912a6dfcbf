namespace Widget.Rag.Fetching;

/// <summary>Why something could not be fetched, as far as it matters for what is done next.</summary>
public enum FetchFailure
{
    /// <summary>For a reason of its own that trying again does not change.</summary>
    Other,

    /// <summary>There is nothing at the address (404, 410).</summary>
    Gone,

    /// <summary>The server does not give it (the other 4xx).</summary>
    Refused,

    /// <summary>The server is in trouble, or asks for patience (5xx, 429, a broken connection).</summary>
    Temporary,

    /// <summary>It took too long.</summary>
    TooSlow,

    /// <summary>The host is not there, or may not be connected to.</summary>
    Unreachable,

    /// <summary>More redirects than are followed.</summary>
    Redirects,

    /// <summary>The site's robots.txt forbids it.</summary>
    Forbidden,
}

/// <summary>What is wanted of a fetch.</summary>
public sealed record FetchRequest(Uri Address)
{
    /// <summary>Validators of the version at hand, as its server sent them: when it is still the current one, nothing is sent.</summary>
    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    /// <summary>Reads this many bytes and leaves the rest; null takes the whole document, or fails when it is too large.</summary>
    public int? Most { get; init; }

    /// <summary>Asked before each request, redirects included; throws when the address may not be visited.</summary>
    public Func<Uri, CancellationToken, Task>? Permit { get; init; }
}

/// <summary>What a server sent.</summary>
/// <param name="Document">The document; null when the one at hand is still current.</param>
public sealed record FetchedPage(RawDocument? Document)
{
    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    /// <summary>The values of X-Robots-Tag.</summary>
    public IReadOnlyList<string> RobotsTags { get; init; } = [];
}
