using Widget.Rag.Search;

namespace Widget.Rag.Reading;

/// <summary>A document that has been read and split, and is ready to be stored.</summary>
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

    /// <summary>Why it was read only in part, in plain words; null when it was read completely.</summary>
    public string? Notice { get; init; }

    /// <summary>Searches match these in addition to title and text. Indexed with the headings, never shown.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// The text to embed for a passage: its title and headings, which often contain the words of the question, and its text.
    /// </summary>
    public string EmbeddedText(Passage passage) => EmbeddedText(Title, Aliases, passage.Locator, passage.Text);

    internal static string EmbeddedText(string title, IReadOnlyList<string> aliases, Locator locator, string text) =>
        $"{Heading(title, locator, aliases)}\n{text}";

    /// <summary>Title and headings of a passage and the document's aliases, each once.</summary>
    public string Heading(Passage passage) => Heading(Title, passage.Locator, Aliases);

    internal static string Heading(string title, Locator locator, IReadOnlyList<string> aliases) =>
        string.Join('\n', locator.Headings.Prepend(title).Concat(aliases).Distinct(StringComparer.Ordinal));
}
