namespace Widget.Api.Speech.Script;

/// <summary>
/// What is said of a line of Markdown, and where in the text each spoken character stands: without citations and emphasis, links by their labels,
/// bare addresses by their hosts.
/// </summary>
/// <param name="Text">As it is spoken.</param>
/// <param name="Places">For each of its UTF-16 units, where what it speaks begins in the answer and where it ends.</param>
internal sealed record SpokenLine(string Text, IReadOnlyList<(int Start, int End)> Places);
