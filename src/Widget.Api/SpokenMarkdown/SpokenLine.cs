namespace Widget.Api.SpokenMarkdown;

/// <summary>A paragraph, heading, list item or table row of an answer, as it is spoken.</summary>
/// <param name="Text">The spoken text. White space at its end is not final: a citation removes the space before it.</param>
/// <param name="Places">For each UTF-16 unit of the text, its start and end in the answer.</param>
/// <param name="IsComplete">Whether the line is complete. If not, it is read again when more text arrives.</param>
/// <param name="IsRow">Whether it is a table row, with its cells separated by commas.</param>
internal sealed record SpokenLine(string Text, IReadOnlyList<(int Start, int End)> Places, bool IsComplete, bool IsRow = false);
