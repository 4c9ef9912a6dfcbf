namespace Widget.Rag.Ingestion.Extraction;

/// <summary>The formats that can be read.</summary>
public static class MediaTypes
{
    public const string Html = "text/html";
    public const string Markdown = "text/markdown";
    public const string Text = "text/plain";
    public const string Pdf = "application/pdf";

    /// <summary>What can be added, for people.</summary>
    public const string Readable = "HTML, Markdown, plain text and PDF";

    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = Html,
        [".htm"] = Html,
        [".xhtml"] = Html,
        [".md"] = Markdown,
        [".markdown"] = Markdown,
        [".txt"] = Text,
        [".text"] = Text,
        [".pdf"] = Pdf,
    };

    /// <summary>
    /// The format of a fetched page. A server that says HTML means it, whatever the address ends in: code hosts show README.md as a page.
    /// </summary>
    public static string? OfPage(Uri address, string declared) =>
        Of("", declared) == Html ? Html : Of(address.AbsolutePath, declared);

    /// <summary>
    /// The format of a file: by its extension, since browsers and servers often call Markdown plain text or nothing at all,
    /// then by what the sender says. Null when it is none that can be read.
    /// </summary>
    public static string? Of(string fileName, string? declared)
    {
        if (ByExtension.TryGetValue(Path.GetExtension(fileName), out var known)) return known;
        return declared?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            Html or "application/xhtml+xml" => Html,
            Markdown or "text/x-markdown" => Markdown,
            Text => Text,
            Pdf or "application/x-pdf" => Pdf,
            _ => null,
        };
    }
}
