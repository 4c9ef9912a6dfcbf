using System.Globalization;
using System.Text;
using Widget.Platform.Text;
using Widget.Rag.Search;

namespace Widget.Rag.Reading;

/// <summary>A passage that is not stored yet.</summary>
public sealed record Passage(int Ordinal, string Text, Locator Locator);

/// <summary>
/// Splits a document into passages along its structure. A heading or page always starts a new passage. Blocks stay whole while they fit; a
/// block longer than a passage is split between sentences or rows.
/// </summary>
/// <param name="Target">A passage is complete when it has this many characters.</param>
/// <param name="Longest">Maximum number of characters. A longer sentence is split at the end of a word.</param>
/// <param name="Overlap">
/// Maximum number of characters repeated from the previous passage, in whole sentences, within a section's running text.
/// </param>
public sealed record Chunker(int Target = 700, int Longest = 1_050, int Overlap = 0)
{
    private const int FragmentWords = 6;

    // Every passage carries its headings and address, and names of sheets and slides may have any length.
    private const int LongestHeading = 300;
    private const int LongestAnchor = 200;
    private const string ListMark = "- ";

    // A piece may get a list mark in front.
    private int LongestPiece => Longest - ListMark.Length;

    public IReadOnlyList<Passage> Cut(ExtractedDocument document)
    {
        var passages = new List<Passage>();
        var headings = new List<(int Level, string Text, string? Anchor)>();
        var text = new StringBuilder();
        int? page = null;
        Block? first = null;
        double? end = null;
        var carried = "";

        void Close()
        {
            if (text.Length == 0) return;
            var content = text.ToString();
            passages.Add(new Passage(passages.Count, content, new Locator
            {
                Headings = [.. headings.Select(heading => heading.Text)],
                Page = page,
                Row = first?.Row,
                Start = first?.Start,
                End = first?.Start is null ? null : end,
                Fragment = first is { Start: { } from } ? TimeFragment(from, end)
                    : first?.Row is not null ? null
                    : Fragment(
                        page,
                        headings.Count > 0 ? headings[^1].Anchor : null,
                        Beginning(first, content),
                        first: passages.Count == 0),
            }));
            text.Clear();
            carried = "";
        }

        // Start of the section's rest in the next passage.
        void Break(Block block)
        {
            var tail = Overlap > 0 && block.Kind == BlockKind.Paragraph && block.Start is null ? Tail(text.ToString()) : "";
            Close();
            carried = tail;
        }

        foreach (var block in document.Blocks)
        {
            if (block.Kind is BlockKind.Heading or BlockKind.SectionEnd)
            {
                Close();
                while (headings.Count > 0 && headings[^1].Level >= block.Level) headings.RemoveAt(headings.Count - 1);
                if (block.Kind == BlockKind.SectionEnd) continue;
                headings.Add(
                    (
                        block.Level,
                        Truncation.Truncate(block.Text, LongestHeading),
                        block.Anchor is { Length: <= LongestAnchor } anchor ? anchor : null));
                continue;
            }

            // A page always starts a new passage. Blocks with a time or a row are not mixed with blocks without.
            if (block.Page != page
                || (text.Length > 0 && (block.Start is null != first?.Start is null || block.Row is null != first?.Row is null)))
                Close();
            page = block.Page;
            foreach (var piece in Pieces(block))
            {
                var line = block.Kind == BlockKind.ListItem ? ListMark + piece : piece;
                if (text.Length > 0 && text.Length + 1 + line.Length > Longest) Break(block);
                if (text.Length == 0)
                {
                    first = block;
                    if (carried.Length > 0 && carried.Length + 1 + line.Length <= Longest) text.Append(carried).Append('\n');
                }
                else
                {
                    text.Append('\n');
                }

                text.Append(line);
                end = block.End;
                if (text.Length >= Target) Break(block);
            }
        }

        Close();

        // A page that has only headings is still indexed.
        if (passages.Count == 0 && headings.Count > 0)
        {
            var outline = string.Join('\n', document.Blocks.Select(block => block.Text).Where(line => line.Length > 0));
            passages.Add(new Passage(0, Truncation.Truncate(outline, Longest), new Locator()));
        }

        return passages;
    }

    // The last sentences that fit.
    private string Tail(string text)
    {
        var tail = new List<string>();
        foreach (var sentence in Sentences.Of(text).Reverse())
        {
            if (tail.Sum(taken => taken.Length + 1) + sentence.Length > Overlap) break;
            tail.Insert(0, sentence);
        }

        return string.Join(' ', tail);
    }

    private IEnumerable<string> Pieces(Block block)
    {
        if (block.Text.Length <= LongestPiece) return [block.Text];
        return block.Kind switch
        {
            BlockKind.Table or BlockKind.Code => Pack(block.Text.Split('\n'), '\n'),
            _ => Pack(Sentences.Of(block.Text), ' '),
        };
    }

    // Joins parts into pieces near the target. A part longer than a passage is split at the end of a word.
    private IEnumerable<string> Pack(IEnumerable<string> parts, char separator)
    {
        var piece = new StringBuilder();
        foreach (var part in parts.SelectMany(part => CutLong(part, LongestPiece)))
        {
            if (piece.Length > 0 && piece.Length + part.Length >= Target)
            {
                yield return piece.ToString();
                piece.Clear();
            }

            if (piece.Length > 0) piece.Append(separator);
            piece.Append(part);
        }

        if (piece.Length > 0) yield return piece.ToString();
    }

    private static IEnumerable<string> CutLong(string part, int longest)
    {
        var start = 0;
        while (part.Length - start > longest)
        {
            var end = part.LastIndexOf(' ', start + longest - 1, longest - 1);
            if (end <= start)
            {
                end = start + longest;
                if (char.IsLowSurrogate(part[end])) end--;
            }

            yield return part[start..end];
            for (start = end; start < part.Length && char.IsWhiteSpace(part[start]); start++)
            {
                // The next piece starts with a word.
            }
        }

        if (start < part.Length) yield return part[start..];
    }

    // A temporal fragment in seconds (W3C Media Fragments URI 1.0, section 4.2.1).
    private static string TimeFragment(double start, double? end) =>
        string.Create(CultureInfo.InvariantCulture, $"#t={start:0.###}")
            + (end > start ? string.Create(CultureInfo.InvariantCulture, $",{end:0.###}") : "");

    // The first words of a passage that the page shows one after another. The line of a table's row also has the names of the columns, so
    // only the row's first cell with letters counts.
    private static string Beginning(Block? block, string text)
    {
        var line = text.Split('\n', 2)[0];
        if (line.StartsWith(ListMark, StringComparison.Ordinal)) line = line[ListMark.Length..];
        if (block?.Kind != BlockKind.Table) return line;
        var cells = line.Split(TableText.Separator);
        var values = cells.Where(cell => cell.Contains(": ", StringComparison.Ordinal))
            .Select(cell => cell[(cell.IndexOf(": ", StringComparison.Ordinal) + 2)..])
            .Concat(cells)
            // Items of a list within a cell are separate lines of the page.
            .Select(cell => cell.Split("; ", 2)[0]);
        return values.FirstOrDefault(cell => cell.Count(char.IsLetter) > 1) ?? "";
    }

    // A page number, the heading's anchor, or a text fragment of the first words (WICG Scroll To Text Fragment).
    private static string? Fragment(int? page, string? anchor, string beginning, bool first)
    {
        if (page is not null) return $"#page={page}";
        if (!string.IsNullOrEmpty(anchor)) return $"#{Uri.EscapeDataString(anchor)}";
        if (first) return null;
        var words = string.Join(' ', beginning.Split(' ').Take(FragmentWords));
        if (words.Length is 0 or > LongestAnchor) return null;
        return $"#:~:text={Uri.EscapeDataString(words).Replace("-", "%2D", StringComparison.Ordinal)}";
    }
}
