namespace Widget.Rag.Search;

/// <summary>Where in its document a passage stands.</summary>
public sealed record Locator
{
    /// <summary>The headings above the passage, outermost first.</summary>
    public IReadOnlyList<string> Headings { get; init => field = [.. value.Select(VisibleText.Line)]; } = [];

    /// <summary>Page of a paged document, or slide of a presentation, from 1; null for the others.</summary>
    public int? Page { get; init; }

    /// <summary>First row of a table's passage, from 1, as the table's own program counts; null for the others.</summary>
    public int? Row { get; init; }

    /// <summary>Where a passage of a recording begins, in seconds; null for the others.</summary>
    public double? Start { get; init; }

    /// <summary>Where a passage of a recording ends, in seconds; null for the others.</summary>
    public double? End { get; init; }

    /// <summary>What to add to the document's address to land on the passage: <c>#anchor</c>, <c>#page=3</c>, <c>#t=12.5,20</c> or a text fragment.</summary>
    public string? Fragment { get; init; }
}
