namespace Widget.Extraction;

/// <summary>The kind of a block.</summary>
public enum BlockKind
{
    Heading,
    Paragraph,
    ListItem,

    /// <summary>One line per row, cells separated by " | ", each with the name of its column.</summary>
    Table,

    /// <summary>Keeps line breaks and indentation.</summary>
    Code,

    /// <summary>Ends the sections of this level and below. It has no text.</summary>
    SectionEnd,
}

/// <summary>The kind of a document's content.</summary>
public enum ContentKind
{
    Text,
    Image,
    Audio,
    Video,
}

/// <summary>A block of a document.</summary>
/// <param name="Kind">Kind of the block.</param>
/// <param name="Text">Its text, with white space collapsed except in code.</param>
/// <param name="Level">1 to 6 for headings and ends of sections, 0 for other blocks.</param>
/// <param name="Anchor">The heading's id in the page; null when it has none.</param>
/// <param name="Page">Page or slide, from 1.</param>
public sealed record Block(BlockKind Kind, string Text, int Level = 0, string? Anchor = null, int? Page = null)
{
    /// <summary>Row of a sheet, from 1, as the spreadsheet program counts.</summary>
    public int? Row { get; init; }

    /// <summary>Start in a recording, in seconds.</summary>
    public double? Start { get; init; }

    /// <summary>End in a recording, in seconds.</summary>
    public double? End { get; init; }
}

/// <summary>A document's text and structure, independent of its format.</summary>
/// <param name="Title">The document's own title; null when it has none.</param>
/// <param name="Language">The declared language, ISO 639-1; null when it declares none.</param>
/// <param name="Blocks">The blocks in reading order.</param>
public sealed record ExtractedDocument(string? Title, string? Language, IReadOnlyList<Block> Blocks)
{
    public ContentKind Kind { get; init; }

    /// <summary>Why it was read only in part, in plain words; null when it was read completely.</summary>
    public string? Notice { get; init; }

    /// <summary>Why it has no text, in plain words; null when the reason is unknown. Only meaningful without blocks.</summary>
    public string? NoTextReason { get; init; }

    /// <summary>Addresses that the document links to, absolute, without fragments.</summary>
    public IReadOnlyList<Uri> Links { get; init; } = [];

    /// <summary>The page's canonical address (RFC 6596), absolute; null when it has none.</summary>
    public Uri? Canonical { get; init; }

    /// <summary>The page's description for search engines; null when it has none.</summary>
    public string? Description { get; init; }

    /// <summary>Whether the page forbids indexing (<c>meta name="robots"</c>, noindex or none).</summary>
    public bool NoIndex { get; init; }

    /// <summary>Whether the page forbids following its links (nofollow or none).</summary>
    public bool NoFollow { get; init; }
}

/// <summary>A document as received.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="MediaType">The media type without parameters, in lower case.</param>
/// <param name="Charset">The character set that the sender declared.</param>
/// <param name="Address">Where it was fetched from. Links are resolved against it.</param>
public sealed record RawDocument(ReadOnlyMemory<byte> Content, string MediaType, string? Charset = null, Uri? Address = null);

/// <summary>Parses a family of formats in the current process. Untrusted input must only be parsed in a reader child process.</summary>
public interface IExtractor
{
    /// <summary>Whether the extractor supports this media type.</summary>
    bool Supports(string mediaType);

    /// <exception cref="IngestionFailureException">The document cannot be read.</exception>
    ExtractedDocument Extract(RawDocument document);
}
