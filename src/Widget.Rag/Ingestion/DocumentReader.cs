using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Rag.Embeddings;
using Widget.Rag.Ingestion.Extraction;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion;

/// <summary>Reads a document as it came: bytes to passages.</summary>
public sealed class DocumentReader(IEnumerable<IExtractor> extractors, Chunker chunker)
{
    // Part of every content hash: raised when reading or cutting changes, so that unchanged documents are read anew.
    private const string Version = "1";

    // Characters: some 3,000 printed pages. A document is swapped in one transaction, so it must have an end.
    private const int LongestDocument = 10_000_000;

    private readonly IExtractor[] _extractors = [.. extractors];

    /// <summary>Changes whenever anything that went into a document changes.</summary>
    public static byte[] Hash(RawDocument document, DocumentDescription description)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Version}\n{document.MediaType}\n{JsonSerializer.Serialize(description, Chunk.Json)}\n"));
        hash.AppendData(document.Content.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>Links a document leads to are returned with it.</summary>
    /// <exception cref="IngestionFailureException">It cannot be read; the message says why.</exception>
    public async Task<(PreparedDocument Document, IReadOnlyList<Uri> Links)> ReadAsync(
        string externalId,
        RawDocument document,
        DocumentDescription description,
        CancellationToken ct)
    {
        var extractor = Array.Find(_extractors, candidate => candidate.Reads(document.MediaType))
            ?? throw new IngestionFailureException($"Documents of type {document.MediaType} cannot be read. Add {MediaTypes.Readable}.");
        var extracted = await extractor.ExtractAsync(document, ct);
        extracted = extracted with { Blocks = [.. extracted.Blocks.Select(block => block with { Text = Storable(block.Text) })] };
        if (extracted.Blocks.Sum(block => (long)block.Text.Length) > LongestDocument)
            throw new IngestionFailureException("The document holds more text than can be taken in at once. Split it into parts.");
        ct.ThrowIfCancellationRequested();
        var passages = chunker.Cut(extracted);
        if (passages.Count == 0) throw new IngestionFailureException("The document holds no text.");

        var language = description.Language
            ?? LanguageDetector.Detect(string.Join(' ', passages.Take(5).Select(passage => passage.Text)))
            ?? extracted.Language
            ?? "en";
        var title = FirstOf(description.Title, extracted.Title, NameOf(externalId, description.Url));
        var prepared = new PreparedDocument(
            externalId,
            Prefix.Of(title, 500),
            description.Url,
            language,
            description.Tags,
            Hash(document, description),
            passages);
        return (prepared, extracted.Links);
    }

    private static string NameOf(string externalId, string? url)
    {
        if (url is null) return externalId;
        var address = new Uri(url);
        var last = Uri.UnescapeDataString(address.AbsolutePath.TrimEnd('/').Split('/')[^1]);
        return last.Length > 0 ? last : address.Host;
    }

    private static string FirstOf(params ReadOnlySpan<string?> titles)
    {
        foreach (var title in titles)
            if (!string.IsNullOrWhiteSpace(title)) return Storable(title.Trim());
        return "Untitled";
    }

    // PostgreSQL's text holds every character but this one.
    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
