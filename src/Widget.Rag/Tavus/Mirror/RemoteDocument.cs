using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>A document in Tavus's list.</summary>
/// <param name="Id">Tavus's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Url">The address that Tavus read it from.</param>
/// <param name="Status">Tavus's status: ready, processing, error …</param>
public sealed record RemoteDocument(string Id, string Name, string Url, string Status)
{
    public string Name { get; } = VisibleText.Line(Name);

    /// <summary>Why Tavus could not read it; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>When it last changed at Tavus, in Tavus's format.</summary>
    public string? UpdatedAt { get; init; }

    public string? LastCrawledAt { get; init; }

    /// <summary>The pages that Tavus crawled from <see cref="Url"/>; empty for a single file or page.</summary>
    public IReadOnlyList<string> CrawledUrls { get; init; } = [];

    /// <summary>Whether Tavus has read it completely and uses it in answers.</summary>
    public bool IsReady => Status is "ready" or "recrawling";

    /// <summary>Whether Tavus failed to read it.</summary>
    public bool IsFailed => Status == "error";

    /// <summary>The addresses of its pages, each once, beginning with <see cref="Url"/>.</summary>
    public IReadOnlyList<string> Addresses(int maxCount) => [.. CrawledUrls.Prepend(Url).Distinct(StringComparer.Ordinal).Take(maxCount)];

    /// <summary>A hash that changes whenever Tavus's data about the document changes.</summary>
    public byte[] Version()
    {
        var content = new StringBuilder();
        foreach (var part in (string?[])[Name, Url, Status, Error, UpdatedAt, LastCrawledAt, .. CrawledUrls])
            content.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part}");
        return SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString()));
    }
}

/// <summary>A tenant's documents in a Tavus account.</summary>
/// <param name="Account">Identifies the account (a hash of the key).</param>
/// <param name="Documents">The tenant's documents.</param>
/// <param name="IsComplete">Whether the list was read to its end. Documents missing from an incomplete list may still exist.</param>
public sealed record RemoteListing(string Account, IReadOnlyList<RemoteDocument> Documents, bool IsComplete);
