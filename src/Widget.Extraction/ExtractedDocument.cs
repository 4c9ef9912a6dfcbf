namespace Widget.Extraction;

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

/// <summary>What a document is made of.</summary>
public enum ContentKind
{
    Text,
    Image,
    Audio,
    Video,
}

/// <summary>A piece of a document's structure.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, white space folded except in code.</param>
/// <param name="Level">1 to 6 for headings, 0 for the rest.</param>
/// <param name="Anchor">The heading's id in the page, null when it has none.</param>
/// <param name="Page">Page of a paged document or slide of a presentation, from 1.</param>
public sealed record Block(BlockKind Kind, string Text, int Level = 0, string? Anchor = null, int? Page = null)
{
    /// <summary>How many of a table's first lines are its header, which a part of the table needs to be understood.</summary>
    public int HeaderLines { get; init; }

    /// <summary>Row of a sheet, from 1, as its own program counts.</summary>
    public int? Row { get; init; }

    /// <summary>Where in a recording it begins, in seconds.</summary>
    public double? Start { get; init; }

    /// <summary>Where in a recording it ends, in seconds.</summary>
    public double? End { get; init; }
}

/// <summary>A document's text with its structure, whatever format it came in.</summary>
/// <param name="Title">Its own title, null when it states none.</param>
/// <param name="Language">The language it declares, ISO 639-1, null when it declares none.</param>
/// <param name="Blocks">In reading order.</param>
public sealed record ExtractedDocument(string? Title, string? Language, IReadOnlyList<Block> Blocks)
{
    public ContentKind Kind { get; init; }

    /// <summary>Why not all of it was read, in words for people; null when all was.</summary>
    public string? Notice { get; init; }

    /// <summary>Addresses the document links to, absolute, without fragments.</summary>
    public IReadOnlyList<Uri> Links { get; init; } = [];

    /// <summary>The address that a page names as its own (RFC 6596), absolute; null when it names none.</summary>
    public Uri? Canonical { get; init; }

    /// <summary>What a page says of itself for search engines; null when it says nothing.</summary>
    public string? Description { get; init; }

    /// <summary>Whether a page asks not to be found (<c>meta name="robots"</c>, noindex or none).</summary>
    public bool NoIndex { get; init; }

    /// <summary>Whether a page asks that its links not be followed (nofollow or none).</summary>
    public bool NoFollow { get; init; }
}

/// <summary>A document as it came.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">Without parameters, lower case.</param>
/// <param name="Charset">The character set that whoever sent it declared.</param>
/// <param name="Address">Where it was fetched from; links are resolved against it.</param>
public sealed record RawDocument(ReadOnlyMemory<byte> Content, string MediaType, string? Charset = null, Uri? Address = null);

/// <summary>Parses one family of formats, in the process that it is called in: trusted input, or a reader child.</summary>
public interface IExtractor
{
    /// <summary>Whether it reads this media type.</summary>
    bool Reads(string mediaType);

    /// <exception cref="IngestionFailureException">The document cannot be read.</exception>
    ExtractedDocument Extract(RawDocument document);
}
