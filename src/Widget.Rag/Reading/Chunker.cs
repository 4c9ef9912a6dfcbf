using System.Globalization;
using System.Text;
using Widget.Platform.Text;
using Widget.Rag.Search;

namespace Widget.Rag.Reading;

/// <summary>A passage before it is stored.</summary>
public sealed record Passage(int Ordinal, string Text, Locator Locator);

/// <summary>
/// Cuts a document into passages along its own structure: a heading or a page always begins a new one, blocks are kept whole
/// while they fit, and only a block longer than a passage is cut, between sentences or rows.
/// </summary>
/// <param name="Target">A passage is closed once it has this many characters.</param>
/// <param name="Longest">No passage has more characters; a longer sentence is cut where a word ends.</param>
/// <param name="Overlap">Most characters of whole sentences that a passage repeats of the one before, within a section's running text.</param>
public sealed record Chunker(int Target = 700, int Longest = 1_050, int Overlap = 0)
{
    private const int FragmentWords = 6;

    // Every passage of a section carries its headings and its address, and names of sheets and slides may be of any length.
    private const int LongestHeading = 300;
    private const int LongestAnchor = 200;
    private const string ListMark = "- ";

    // A piece may get a mark before it.
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
                    : Fragment(page, headings.Count > 0 ? headings[^1].Anchor : null, content, first: passages.Count == 0),
            }));
            text.Clear();
            carried = "";
        }

        // Where a section goes on in the next passage.
        void Break(Block block)
        {
            var tail = Overlap > 0 && block.Kind == BlockKind.Paragraph && block.Start is null ? Tail(text.ToString()) : "";
            Close();
            carried = tail;
        }

        foreach (var block in document.Blocks)
        {
            if (block.Kind == BlockKind.Heading)
            {
                Close();
                while (headings.Count > 0 && headings[^1].Level >= block.Level) headings.RemoveAt(headings.Count - 1);
                headings.Add((block.Level, Prefix.Of(block.Text, LongestHeading), block.Anchor is { Length: <= LongestAnchor } anchor ? anchor : null));
                continue;
            }

            // A page is a place of its own, and what has a time or a row does not mix with what has none.
            if (block.Page != page || (text.Length > 0 && (block.Start is null != first?.Start is null || block.Row is null != first?.Row is null))) Close();
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

        // A page of headings alone still has something to say.
        if (passages.Count == 0 && headings.Count > 0)
        {
            var outline = string.Join('\n', document.Blocks.Select(block => block.Text));
            passages.Add(new Passage(0, Prefix.Of(outline, Longest), new Locator()));
        }

        return passages;
    }

    // Its last sentences, as many as fit.
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
            BlockKind.Table when block.HeaderLines > 0 => Headed(block),
            BlockKind.Table or BlockKind.Code => Pack(block.Text.Split('\n'), '\n', Target),
            _ => Pack(Sentences.Of(block.Text), ' ', Target),
        };
    }

    // Every part of a long table stands under the table's header, unless that is most of a passage by itself.
    private IEnumerable<string> Headed(Block table)
    {
        var lines = table.Text.Split('\n');
        var header = string.Join('\n', lines.Take(table.HeaderLines));
        if (header.Length > Target / 3) return Pack(lines, '\n', Target);
        return Pack(lines.Skip(table.HeaderLines), '\n', Target - header.Length - 1).Select(piece => $"{header}\n{piece}");
    }

    // Joins parts into pieces near the target; a part that would be longer than a passage is cut where a word ends.
    private IEnumerable<string> Pack(IEnumerable<string> parts, char separator, int target)
    {
        var piece = new StringBuilder();
        foreach (var part in parts.SelectMany(part => CutLong(part, LongestPiece - (Target - target))))
        {
            if (piece.Length > 0 && piece.Length + part.Length >= target)
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
                // The next piece begins with a word.
            }
        }

        if (start < part.Length) yield return part[start..];
    }

    // A temporal fragment (W3C Media Fragments URI 1.0, 4.2.1), in seconds.
    private static string TimeFragment(double start, double? end) =>
        string.Create(CultureInfo.InvariantCulture, $"#t={start:0.###}") + (end > start ? string.Create(CultureInfo.InvariantCulture, $",{end:0.###}") : "");

    // A page number, the heading's own anchor, or a text fragment (WICG Scroll To Text Fragment) of the first words.
    private static string? Fragment(int? page, string? anchor, string text, bool first)
    {
        if (page is not null) return $"#page={page}";
        if (!string.IsNullOrEmpty(anchor)) return $"#{Uri.EscapeDataString(anchor)}";
        if (first) return null;
        var line = text.AsSpan(text.StartsWith(ListMark, StringComparison.Ordinal) ? ListMark.Length : 0);
        var lineEnd = line.IndexOf('\n');
        if (lineEnd >= 0) line = line[..lineEnd];
        var words = string.Join(' ', line.ToString().Split(' ').Take(FragmentWords));
        if (words.Length > LongestAnchor) return null;
        return $"#:~:text={Uri.EscapeDataString(words).Replace("-", "%2D", StringComparison.Ordinal)}";
    }
}
