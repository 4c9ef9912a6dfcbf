using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>A document as Tavus lists it.</summary>
/// <param name="Id">Tavus's.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where Tavus had it from.</param>
/// <param name="Status">Tavus's word: ready, processing, error …</param>
public sealed record RemoteDocument(string Id, string Name, string Url, string Status)
{
    public string Name { get; } = VisibleText.Line(Name);

    /// <summary>Why Tavus could not take it in; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>When it last changed there, in Tavus's own form.</summary>
    public string? UpdatedAt { get; init; }

    public string? LastCrawledAt { get; init; }

    /// <summary>The pages that Tavus found from <see cref="Url"/>; empty for a document that is one file or page.</summary>
    public IReadOnlyList<string> CrawledUrls { get; init; } = [];

    /// <summary>Whether Tavus has it whole and answers from it.</summary>
    public bool IsReady => Status is "ready" or "recrawling";

    /// <summary>Whether Tavus will not have it.</summary>
    public bool IsFailed => Status == "error";

    /// <summary>Where all of it is, each address once, its own first.</summary>
    public IReadOnlyList<string> Addresses(int most) => [.. CrawledUrls.Prepend(Url).Distinct(StringComparer.Ordinal).Take(most)];

    /// <summary>Changes whenever Tavus says something else of the document.</summary>
    public byte[] Version()
    {
        var said = new StringBuilder();
        foreach (var part in (string?[])[Name, Url, Status, Error, UpdatedAt, LastCrawledAt, .. CrawledUrls])
            said.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part}");
        return SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString()));
    }
}

/// <summary>The documents of an account that are a tenant's.</summary>
/// <param name="Account">Tells accounts apart (a hash of the key).</param>
/// <param name="Documents">The tenant's.</param>
/// <param name="IsComplete">Whether the listing was seen to its end; what a cut one lacks may still be there.</param>
public sealed record RemoteListing(string Account, IReadOnlyList<RemoteDocument> Documents, bool IsComplete);
