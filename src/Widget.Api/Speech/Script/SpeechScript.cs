using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Api.Speech.Script;

/// <summary>
/// Splits an answer into sentences to speak while it is being written. Headings, list items and table rows are sentences of their own. Code
/// blocks are left out.
/// </summary>
internal sealed partial class SpeechScript
{
    // This many characters of an unfinished line show what kind of line it is.
    private const int TellingStart = 8;

    private string _text = "";
    private int _line;
    private int _told;
    private string? _fence;

    /// <summary>How many sentences were returned.</summary>
    public int Count { get; private set; }

    /// <summary>The answer so far.</summary>
    public string Text => _text;

    /// <summary>Adds text and returns the sentences that are complete now.</summary>
    public IReadOnlyList<ScriptSentence> Append(string more)
    {
        _text += more;
        return [.. Advance(final: false)];
    }

    /// <summary>Completes the answer and returns the remaining sentences.</summary>
    public IReadOnlyList<ScriptSentence> Complete() => [.. Advance(final: true)];

    private IEnumerable<ScriptSentence> Advance(bool final)
    {
        while (_line < _text.Length)
        {
            var end = EndOfLine(_line);
            var complete = final || end < _text.Length;
            var kind = KindOf(_text[_line..end], complete);
            if (kind == LineKind.Unknown) yield break;
            if (kind is LineKind.Text or LineKind.Heading)
            {
                if (kind == LineKind.Text) (end, complete) = Paragraph(end, final);
                foreach (var sentence in Tell(end, complete, kind == LineKind.Heading)) yield return sentence;
                if (!complete) yield break;
            }
            else if (kind == LineKind.Row && Row(end) is { } row)
            {
                yield return row;
            }

            (_line, _told) = (end + 1, 0);
        }
    }

    private int EndOfLine(int from) => _text.IndexOf('\n', from) is >= 0 and var at ? at : _text.Length;

    private LineKind KindOf(string line, bool complete)
    {
        var trimmed = line.Trim();
        if (_fence is { } fence)
        {
            if (complete && trimmed.StartsWith(fence, StringComparison.Ordinal)) _fence = null;
            return complete ? LineKind.Silent : LineKind.Unknown;
        }

        // A line that was partly spoken is text.
        if (_told > 0) return LineKind.Text;
        if (!complete && (line.Length < TellingStart || trimmed.All(IsMark))) return LineKind.Unknown;
        if (trimmed.StartsWith("```", StringComparison.Ordinal) || trimmed.StartsWith("~~~", StringComparison.Ordinal))
        {
            if (!complete) return LineKind.Unknown;
            _fence = trimmed[..3];
            return LineKind.Silent;
        }

        if (trimmed.Length == 0 || Rule().IsMatch(trimmed)) return LineKind.Silent;
        if (trimmed[0] == '|' || trimmed.Contains(" | ", StringComparison.Ordinal)) return complete ? LineKind.Row : LineKind.Unknown;
        return Heading().IsMatch(line) ? LineKind.Heading : LineKind.Text;
    }

    private static bool IsMark(char letter) => "#>-*_=+|:`~ ".Contains(letter, StringComparison.Ordinal);

    // A next line that starts with a lower-case letter continues the paragraph.
    private (int End, bool Complete) Paragraph(int end, bool final)
    {
        while (end < _text.Length)
        {
            var next = end + 1;
            while (next < _text.Length && _text[next] == ' ') next++;
            if (next >= _text.Length) return final ? (end, true) : (end, false);
            if (!char.IsLower(_text[next])) return (end, true);
            end = EndOfLine(next);
        }

        return (end, final);
    }

    private IEnumerable<ScriptSentence> Tell(int end, bool complete, bool heading)
    {
        var start = _line + Mark().Match(_text[_line..end]).Length;
        var last = end;
        if (heading) while (last > start && _text[last - 1] is '#' or ' ' or '\r') last--;
        var spoken = InlineMarkdownReader.Read(_text, start, last, complete);
        foreach (var (from, to) in SpokenSentences.Of(spoken.Text, complete))
        {
            if (to <= _told) continue;
            _told = to;
            if (Sentence(spoken, from, to) is { } sentence) yield return sentence;
        }
    }

    // The cells of a table row, separated by commas so that the voice pauses.
    private ScriptSentence? Row(int end)
    {
        var (text, places, cell) = (new StringBuilder(), new List<(int, int)>(), _line);
        for (var at = _line; at <= end; at++)
        {
            if (at < end && (_text[at] != '|' || (at > 0 && _text[at - 1] == '\\'))) continue;
            var spoken = InlineMarkdownReader.Read(_text, cell, at, complete: true);
            var content = spoken.Text.TrimEnd();
            if (content.Length > 0)
            {
                if (text.Length > 0)
                {
                    text.Append(", ");
                    places.AddRange([(cell - 1, cell), (cell - 1, cell)]);
                }

                text.Append(content);
                places.AddRange(spoken.Places.Take(content.Length));
            }

            cell = at + 1;
        }

        return Sentence(new SpokenPassage(text.ToString(), places), 0, text.Length);
    }

    // Text without letters and digits is not spoken.
    private ScriptSentence? Sentence(SpokenPassage spoken, int from, int to)
    {
        var text = spoken.Text[from..to];
        return text.Any(char.IsLetterOrDigit) ? new ScriptSentence(Count++, text, [.. spoken.Places.Skip(from).Take(to - from)]) : null;
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

    [GeneratedRegex(@"^\s*(>\s*)*(#{1,6}\s+|[-*+]\s+(\[[ xX]\]\s+)?)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^\s*(>\s*)*#{1,6}\s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    // A horizontal rule, or the line below a table's header.
    [GeneratedRegex(@"^((?>([-*_=]\s*){3,})|(?>[|:\s]*)-[|:\s-]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rule();
}
