using Widget.Rag.Search;

namespace Widget.Rag.Reading;

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

    /// <summary>Why not all of it was read, in words for people; null when all was.</summary>
    public string? Notice { get; init; }

    /// <summary>What it is found by, besides its title and text; indexed with its headings and never shown.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What is embedded for a passage: its text under its title and headings, which often hold the words it is asked by.</summary>
    public string EmbeddedText(Passage passage) => EmbeddedText(Title, Aliases, passage.Locator, passage.Text);

    internal static string EmbeddedText(string title, IReadOnlyList<string> aliases, Locator locator, string text) => $"{Heading(title, locator, aliases)}\n{text}";

    /// <summary>Title and headings of a passage, and the document's aliases, each once.</summary>
    public string Heading(Passage passage) => Heading(Title, passage.Locator, Aliases);

    private static string Heading(string title, Locator locator, IReadOnlyList<string> aliases) =>
        string.Join('\n', locator.Headings.Prepend(title).Concat(aliases).Distinct(StringComparer.Ordinal));
}
