using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Api.SpokenMarkdown;

/// <summary>
/// Converts an answer's Markdown to spoken text, line by line, while the answer is being written. It leaves out citations, emphasis, the
/// addresses of links, code blocks and horizontal rules.
/// </summary>
internal sealed partial class SpokenMarkdownReader
{
    // If an unfinished line begins with a mark, this many characters are enough to tell what kind of line it is.
    private const int MinLineStart = 8;

    private string _text = "";
    private int _lineStart;
    private string? _fence;

    /// <summary>The answer so far.</summary>
    public string Text => _text;

    /// <summary>
    /// How many characters of the current line's spoken text the caller has used. A line that was partly used stays text, even if its
    /// continuation looks like a table row.
    /// </summary>
    public int UsedLength { get; set; }

    /// <summary>Adds text. The caller must read the returned lines to their end before the next call.</summary>
    /// <returns>The lines that are complete now, and the beginning of an unfinished line.</returns>
    public IEnumerable<SpokenLine> Append(string more)
    {
        _text += more;
        return Advance(isFinal: false);
    }

    /// <summary>Completes the answer and returns the remaining lines.</summary>
    public IEnumerable<SpokenLine> Complete() => Advance(isFinal: true);

    private IEnumerable<SpokenLine> Advance(bool isFinal)
    {
        while (_lineStart < _text.Length)
        {
            var end = EndOfLine(_lineStart);
            var isComplete = isFinal || end < _text.Length;
            var kind = KindOf(_text[_lineStart..end], isComplete);
            if (kind == LineKind.Unknown) yield break;
            if (kind is LineKind.Text or LineKind.Heading)
            {
                if (kind == LineKind.Text) (end, isComplete) = EndOfParagraph(end, isFinal);
                yield return ReadText(end, isComplete, kind == LineKind.Heading);
                if (!isComplete) yield break;
            }
            else if (kind == LineKind.Row)
            {
                yield return ReadRow(end);
            }

            (_lineStart, UsedLength) = (end + 1, 0);
        }
    }

    private int EndOfLine(int from) => _text.IndexOf('\n', from) is >= 0 and var at ? at : _text.Length;

    private LineKind KindOf(string line, bool isComplete)
    {
        var trimmed = line.Trim();
        if (_fence is { } fence)
        {
            if (isComplete && trimmed.StartsWith(fence, StringComparison.Ordinal)) _fence = null;
            return isComplete ? LineKind.Silent : LineKind.Unknown;
        }

        if (UsedLength > 0) return LineKind.Text;
        if (!isComplete && (trimmed.All(IsMark) || (line.Length < MinLineStart && IsMark(trimmed[0])))) return LineKind.Unknown;
        if (trimmed.StartsWith("```", StringComparison.Ordinal) || trimmed.StartsWith("~~~", StringComparison.Ordinal))
        {
            if (!isComplete) return LineKind.Unknown;
            _fence = trimmed[..3];
            return LineKind.Silent;
        }

        if (trimmed.Length == 0 || Rule().IsMatch(trimmed)) return LineKind.Silent;
        if (trimmed[0] == '|' || trimmed.Contains(" | ", StringComparison.Ordinal)) return isComplete ? LineKind.Row : LineKind.Unknown;
        return Heading().IsMatch(line) ? LineKind.Heading : LineKind.Text;
    }

    private static bool IsMark(char letter) => "#>-*_=+|:`~ ".Contains(letter, StringComparison.Ordinal);

    // A next line that starts with a lower-case letter continues the paragraph.
    private (int End, bool IsComplete) EndOfParagraph(int end, bool isFinal)
    {
        while (end < _text.Length)
        {
            var next = end + 1;
            while (next < _text.Length && _text[next] == ' ') next++;
            if (next >= _text.Length) return (end, isFinal);
            if (!char.IsLower(_text[next])) return (end, true);
            end = EndOfLine(next);
        }

        return (end, isFinal);
    }

    private SpokenLine ReadText(int end, bool isComplete, bool isHeading)
    {
        var start = _lineStart + LineMark().Match(_text[_lineStart..end]).Length;
        var last = end;
        if (isHeading) while (last > start && _text[last - 1] is '#' or ' ' or '\r') last--;
        return InlineMarkdownReader.Read(_text, start, last, isComplete);
    }

    // The cells are separated by commas, so that a voice pauses between them.
    private SpokenLine ReadRow(int end)
    {
        var text = new StringBuilder();
        var places = new List<(int, int)>();
        var cellStart = _lineStart;
        for (var at = _lineStart; at <= end; at++)
        {
            if (at < end && (_text[at] != '|' || (at > 0 && _text[at - 1] == '\\'))) continue;
            var cell = InlineMarkdownReader.Read(_text, cellStart, at, isComplete: true);
            var content = cell.Text.TrimEnd();
            if (content.Length > 0)
            {
                if (text.Length > 0)
                {
                    text.Append(", ");
                    places.AddRange([(cellStart - 1, cellStart), (cellStart - 1, cellStart)]);
                }

                text.Append(content);
                places.AddRange(cell.Places.Take(content.Length));
            }

            cellStart = at + 1;
        }

        return new SpokenLine(text.ToString(), places, IsComplete: true, IsRow: true);
    }

    private enum LineKind
    {
        /// <summary>More text is needed to tell.</summary>
        Unknown,

        Text,
        Heading,

        /// <summary>A table row.</summary>
        Row,

        /// <summary>Not spoken.</summary>
        Silent,
    }

    // The marks of quotes, headings, list items and task list items.
    [GeneratedRegex(@"^\s*(>\s*)*(#{1,6}\s+|[-*+]\s+(\[[ xX]\]\s+)?)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LineMark();

    [GeneratedRegex(@"^\s*(>\s*)*#{1,6}\s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    // A horizontal rule, or the line below a table's header.
    [GeneratedRegex(@"^((?>([-*_=]\s*){3,})|(?>[|:\s]*)-[|:\s-]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();
}
