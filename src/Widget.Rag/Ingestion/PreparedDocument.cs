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

    /// <summary>What is embedded for a passage: its text under its title and headings, which often hold the words it is asked by.</summary>
    public string EmbeddedText(Passage passage) => EmbeddedText(Title, passage.Locator, passage.Text);

    internal static string EmbeddedText(string title, Locator locator, string text) => $"{Heading(title, locator)}\n{text}";

    /// <summary>Title and headings of a passage, each once.</summary>
    public string Heading(Passage passage) => Heading(Title, passage.Locator);

    private static string Heading(string title, Locator locator) => string.Join('\n', locator.Headings.Prepend(title).Distinct(StringComparer.Ordinal));
}
