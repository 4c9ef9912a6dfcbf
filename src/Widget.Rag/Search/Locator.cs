namespace Widget.Rag.Search;

/// <summary>Position of a passage in its document.</summary>
public sealed record Locator
{
    /// <summary>The headings above the passage, outermost first.</summary>
    public IReadOnlyList<string> Headings { get; init => field = [.. value.Select(VisibleText.Line)]; } = [];

    /// <summary>Page, or slide of a presentation, from 1; null for documents without pages.</summary>
    public int? Page { get; init; }

    /// <summary>First table row, from 1, as the spreadsheet program counts; null for other passages.</summary>
    public int? Row { get; init; }

    /// <summary>Start in a recording, in seconds; null for other passages.</summary>
    public double? Start { get; init; }

    /// <summary>End in a recording, in seconds; null for other passages.</summary>
    public double? End { get; init; }

    /// <summary>
    /// Fragment that leads from the document's address to the passage: <c>#anchor</c>, <c>#page=3</c>, <c>#t=12.5,20</c> or a text
    /// fragment.
    /// </summary>
    public string? Fragment { get; init; }
}
