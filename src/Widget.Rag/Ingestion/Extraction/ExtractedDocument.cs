namespace Widget.Rag.Ingestion.Extraction;

public enum BlockKind
{
    Heading,
    Paragraph,
    ListItem,

    /// <summary>One line a row, cells divided by " | ".</summary>
    Table,

    /// <summary>Line breaks and indentation as they were.</summary>
    Code,
}

/// <summary>A piece of a document's structure.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, white space folded except in code.</param>
/// <param name="Level">1 to 6 for headings, 0 for the rest.</param>
/// <param name="Anchor">The heading's id in the page, null when it has none.</param>
/// <param name="Page">Page of a paged document, from 1.</param>
public sealed record Block(BlockKind Kind, string Text, int Level = 0, string? Anchor = null, int? Page = null);

/// <summary>A document's text with its structure, whatever format it came in.</summary>
/// <param name="Title">Its own title, null when it states none.</param>
/// <param name="Language">The language it declares, ISO 639-1, null when it declares none.</param>
/// <param name="Blocks">In reading order.</param>
public sealed record ExtractedDocument(string? Title, string? Language, IReadOnlyList<Block> Blocks)
{
    /// <summary>Addresses the document links to, absolute, without fragments.</summary>
    public IReadOnlyList<Uri> Links { get; init; } = [];
}

/// <summary>A document as it came.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">Without parameters, lower case.</param>
/// <param name="Charset">The character set that whoever sent it declared.</param>
/// <param name="Address">Where it was fetched from; links are resolved against it.</param>
public sealed record RawDocument(ReadOnlyMemory<byte> Content, string MediaType, string? Charset = null, Uri? Address = null);

/// <summary>Reads one family of formats.</summary>
public interface IExtractor
{
    /// <summary>Whether it reads this media type.</summary>
    bool Reads(string mediaType);

    /// <exception cref="IngestionFailureException">The document cannot be read.</exception>
    Task<ExtractedDocument> ExtractAsync(RawDocument document, CancellationToken ct);
}
