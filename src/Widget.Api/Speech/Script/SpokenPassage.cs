namespace Widget.Api.Speech.Script;

/// <summary>
/// A line of Markdown as it is spoken, with the position of each character in the answer. Citations and emphasis are removed, links are
/// spoken by their label, and bare URLs by their host.
/// </summary>
/// <param name="Text">The spoken text.</param>
/// <param name="Places">For each UTF-16 unit of the text, the start and end in the answer.</param>
internal sealed record SpokenPassage(string Text, IReadOnlyList<(int Start, int End)> Places);
