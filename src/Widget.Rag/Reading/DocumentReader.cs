using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Widget.Platform.Text;
using Widget.Rag.Reading.Extraction;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Rag.Reading;

/// <summary>A document that has been read, with its instructions to crawlers.</summary>
/// <param name="Document">The document, ready to be stored.</param>
/// <param name="Links">Its links, absolute, without fragments.</param>
public sealed record ReadDocument(PreparedDocument Document, IReadOnlyList<Uri> Links)
{
    /// <summary>Its canonical address; null when it has none.</summary>
    public Uri? Canonical { get; init; }

    /// <summary>Whether it forbids indexing.</summary>
    public bool NoIndex { get; init; }

    /// <summary>Whether it forbids following its links.</summary>
    public bool NoFollow { get; init; }
}

/// <summary>Reads a document's bytes and splits its text into passages.</summary>
public sealed class DocumentReader(IEnumerable<IReader> readers, Chunker chunker)
{
    // Part of every content hash. Increment it when reading or splitting changes, so that unchanged documents are read again.
    private const string Version = "5";

    private readonly IReader[] _readers = [.. readers];

    /// <summary>A hash that changes whenever anything that determines the document changes.</summary>
    public static byte[] Hash(RawDocument document, DocumentDescription description)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Version}\n{document.MediaType}\n"));
        hash.AppendData(Encoding.UTF8.GetBytes($"{Described(description)}\n"));
        hash.AppendData(document.Content.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// A hash of the settings a document is read with, apart from its content. If it changes, the document must be read again even if the
    /// server reports no change.
    /// </summary>
    public static byte[] HashSettings(DocumentDescription description) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Version}\n{Described(description)}"));

    /// <exception cref="IngestionFailureException">The document cannot be read; the message says why.</exception>
    public async Task<ReadDocument> ReadAsync(
        string externalId,
        RawDocument document,
        DocumentDescription description,
        CancellationToken ct)
    {
        var recognised = document with { MediaType = ContentSniffing.Recognise(document.Content.Span, document.MediaType) };
        var reader = Array.Find(_readers, candidate => candidate.Reads(recognised.MediaType))
            ?? throw new IngestionFailureException(
                $"Documents of type {document.MediaType} are not supported. Add {MediaTypes.SupportedFormats}.");
        var extracted = await reader.ReadAsync(recognised, ct);
        extracted = extracted with { Blocks = [.. extracted.Blocks.Select(block => block with { Text = Storable(block.Text) })] };
        if (extracted.Blocks.Sum(block => (long)block.Text.Length) > Extractors.MaxTextLength)
            throw new IngestionFailureException(Extractors.TooLong);
        ct.ThrowIfCancellationRequested();
        var passages = chunker.Cut(extracted);
        if (passages.Count == 0) throw new IngestionFailureException(extracted.NoTextReason ?? "This document has no text.");

        var language = description.Language
            ?? LanguageDetector.DetectDocument(string.Join(' ', passages.Take(5).Select(passage => passage.Text)), extracted.Language)
            ?? "en";
        // The headings of a workbook are the names of its sheets.
        var heading = recognised.MediaType == MediaTypes.Xlsx ? null : FirstHeading(extracted);
        var title = FirstOf(description.Title, DocumentTitles.Usable(extracted.Title), heading, NameOf(externalId, description.Url));
        var prepared = new PreparedDocument(
            externalId,
            Truncation.Truncate(title, 500),
            description.Url,
            language,
            description.Tags,
            Hash(document, description),
            [.. passages.Select(passage => passage with { Locator = Located(passage.Locator, description) })])
        {
            // Written answers and demos have their kind already. For other documents the content decides.
            Kind = description.Kind != DocumentKind.Text ? description.Kind : extracted.Kind switch
            {
                ContentKind.Image => DocumentKind.Image,
                ContentKind.Audio => DocumentKind.Audio,
                ContentKind.Video => DocumentKind.Video,
                _ => DocumentKind.Text,
            },
            Aliases = description.Aliases ?? [],
            Notice = extracted.Notice,
        };
        return new ReadDocument(prepared, extracted.Links)
        {
            Canonical = extracted.Canonical,
            NoIndex = extracted.NoIndex,
            NoFollow = extracted.NoFollow,
        };
    }

    // Without the site map's date, which can change although the page does not.
    private static string Described(DocumentDescription description) =>
        JsonSerializer.Serialize(description with { Modified = null }, KnowledgeJson.Options);

    // A demo is always shown as a whole, whichever passage of its description was found. Fragments follow W3C Media Fragments URI 1.0 and
    // RFC 8118.
    private static Locator Located(Locator locator, DocumentDescription description)
    {
        if (description.Kind != DocumentKind.Demo) return locator;
        var fragment = description switch
        {
            { End: { } end } => string.Create(CultureInfo.InvariantCulture, $"#t={description.Start ?? 0},{end}"),
            { Start: { } start } => string.Create(CultureInfo.InvariantCulture, $"#t={start}"),
            { Page: { } page } => string.Create(CultureInfo.InvariantCulture, $"#page={page}"),
            _ => null,
        };
        return locator with { Start = description.Start, End = description.End, Page = description.Page, Fragment = fragment };
    }

    private static string? FirstHeading(ExtractedDocument document) =>
        document.Blocks.FirstOrDefault(block => block.Kind == BlockKind.Heading && block.Text.Any(char.IsLetter))?.Text;

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
            if (title is not null && VisibleText.Line(title) is { Length: > 0 } shown) return shown;
        return "Untitled";
    }

    // PostgreSQL's text type supports every character except NUL.
    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
