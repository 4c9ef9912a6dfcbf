using Widget.Rag.Own;

namespace Widget.Rag.Ingestion;

/// <summary>A document that has been read and cut, and is ready to be stored.</summary>
public sealed record PreparedDocument(
    string ExternalId,
    string Title,
    string? Url,
    string Language,
    IReadOnlyList<string> Tags,
    byte[] ContentHash,
    IReadOnlyList<Passage> Passages)
{
    public DocumentKind Kind { get; init; }

    /// <summary>What it is found by, besides its title and text; indexed with its headings and never shown.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What is embedded for a passage: its text under its title and headings, which often hold the words it is asked by.</summary>
    public string EmbeddedText(Passage passage) => $"{Heading(passage)}\n{passage.Text}";

    /// <summary>Title and headings of a passage, and the document's aliases, each once.</summary>
    public string Heading(Passage passage) =>
        string.Join('\n', passage.Locator.Headings.Prepend(Title).Concat(Aliases).Distinct(StringComparer.Ordinal));
}
