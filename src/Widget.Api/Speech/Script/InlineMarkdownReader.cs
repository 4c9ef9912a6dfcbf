using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Widget.Api.Answers;

namespace Widget.Api.Speech.Script;

/// <summary>
/// Converts lines of Markdown to spoken text. Each call starts at the beginning of the line, so that more text does not change what was
/// already spoken.
/// </summary>
internal sealed partial class InlineMarkdownReader
{
    // Longest link, tag or citation that verified text allows, and deepest nesting of brackets.
    private const int LongestMark = 2_500;
    private const int Deepest = 20;

    private const string AddressStart = "https://www.";

    private int _depth;
    private readonly StringBuilder _spoken = new();
    private readonly List<(int Start, int End)> _places = [];
    private readonly string _text;
    private readonly int _end;
    private readonly bool _complete;

    private InlineMarkdownReader(string text, int end, bool complete) => (_text, _end, _complete) = (text, end, complete);

    /// <param name="text">The answer so far.</param>
    /// <param name="start">Start of the line.</param>
    /// <param name="end">End of the line so far.</param>
    /// <param name="complete">Whether the line is complete. If not, the result stops before an unfinished link, code span or mark.</param>
    public static SpokenPassage Read(string text, int start, int end, bool complete)
    {
        var reader = new InlineMarkdownReader(text, end, complete);
        reader.Read(start, end);
        return new SpokenPassage(reader._spoken.ToString(), reader._places);
    }

    private void Read(int at, int end)
    {
        while (at < end)
        {
            var next = Step(at, end);
            if (next < 0) return; // More text is needed.
            at = next;
        }
    }

    // The position after what was read; -1 when more text is needed.
    private int Step(int at, int end)
    {
        var letter = _text[at];
        switch (letter)
        {
            case '\\':
                if (at + 1 >= end) return MayGrow(end) ? -1 : Say(at, at + 1, "\\");
                return _text[at + 1] is > ' ' and < (char)127 && !char.IsAsciiLetterOrDigit(_text[at + 1])
                    ? Say(at, at + 2, _text[at + 1].ToString())
                    : Say(at, at + 1, " ");
            case '`':
                return Code(at, end);
            case '!' when at + 1 < end && _text[at + 1] == '[':
                return Bracket(at + 1, end) is > 0 and var image ? image : Later(at, end);
            case '!' when at + 1 == end:
                return Later(at, end);
            case '[':
                return Bracket(at, end) is > 0 and var link ? link : Later(at, end);
            case '<':
                return Angle(at, end);
            case '*' or '_' or '~':
                return Mark(at, end);
            case '&':
                return Entity(at, end);
            case 'h' or 'H' or 'w' or 'W' when at == 0 || !char.IsLetterOrDigit(_text[at - 1]):
                return Address(at, end);
            default:
                return Plain(at, end);
        }
    }

    private int Plain(int at, int end)
    {
        var length = char.IsHighSurrogate(_text[at]) && at + 1 < end ? 2 : 1;
        if (char.IsHighSurrogate(_text[at]) && length == 1) return MayGrow(end) ? -1 : at + 1;
        if (IsPicture(at, length)) return at + length;
        return Say(at, at + length, _text.Substring(at, length));
    }

    // Emoji are skipped, because voices read their long names.
    private bool IsPicture(int at, int length) => length == 2
        ? char.ConvertToUtf32(_text[at], _text[at + 1]) is >= 0x1F000 and <= 0x1FAFF
        : _text[at] is (>= '\u2600' and <= '\u27BF') or '\uFE0F' or '\u200D' or '\u20E3';

    // Waits for more text. If there is none, the character is spoken as it is.
    private int Later(int at, int end) => MayGrow(end) ? -1 : Say(at, at + 1, _text[at].ToString());

    // Text inside closed brackets is complete, even if the line is not.
    private bool MayGrow(int end) => !_complete && end == _end;

    private int Code(int at, int end)
    {
        var open = at;
        while (open < end && _text[open] == '`') open++;
        if (open == end && MayGrow(end)) return -1;
        var close = _text.IndexOf(_text[at..open], open, end - open, StringComparison.Ordinal);
        if (close < 0) return MayGrow(end) ? -1 : open;
        for (var i = open; i < close; i++) Say(i, i + 1, _text[i].ToString());
        return close + (open - at);
    }

    // A citation, a link or plain brackets; 0 when the end is missing.
    private int Bracket(int at, int end)
    {
        if (_depth == Deepest) return Say(at, at + 1, "[");
        var close = Closing(at, end, '[', ']');
        if (close == TooFar) return Say(at, at + 1, "[");
        if (close < 0) return 0;
        if (close + 1 >= end && MayGrow(end)) return 0;
        if (close + 1 < end && _text[close + 1] == '(')
        {
            var last = Closing(close + 1, end, '(', ')');
            if (last == TooFar) return Say(at, at + 1, "[");
            if (last < 0) return 0;
            Within(at + 1, close);
            return last + 1;
        }

        if (CitationNumbers.Parse(_text[(at + 1)..close]) is not null)
        {
            // Remove the space before the citation too.
            while (_spoken.Length > 0 && _spoken[^1] == ' ') Unsay();
            return close + 1;
        }

        Say(at, at + 1, "[");
        Within(at + 1, close);
        return Say(close, close + 1, "]");
    }

    private void Within(int at, int end)
    {
        _depth++;
        Read(at, end);
        _depth--;
    }

    private const int TooFar = -2;

    private int Closing(int at, int end, char open, char shut)
    {
        var depth = 0;
        for (var i = at; i < end; i++)
        {
            if (i - at > LongestMark) return TooFar;
            if (_text[i] == '\\') i++;
            else if (_text[i] == open) depth++;
            else if (_text[i] == shut && --depth == 0) return i;
        }

        return -1;
    }

    private int Angle(int at, int end)
    {
        if (at + 1 >= end) return Later(at, end);
        if (!char.IsAsciiLetter(_text[at + 1]) && _text[at + 1] != '/') return Say(at, at + 1, "<");
        var close = _text.IndexOf('>', at, Math.Min(end - at, LongestMark));
        if (close < 0) return end - at > LongestMark ? Say(at, at + 1, "<") : Later(at, end);
        if (!Tag().IsMatch(_text[at..(close + 1)]))
        {
            if (!_text.AsSpan(at + 1, close - at - 1).ContainsAny(" \n") && _text.AsSpan(at + 1, close - at - 1).ContainsAny(":@"))
            {
                Read(at + 1, close);
                return close + 1;
            }

            return Say(at, at + 1, "<");
        }

        return close + 1;
    }

    // An asterisk between spaces means multiplication, an underscore inside a word belongs to it, and a single tilde means "about".
    private int Mark(int at, int end)
    {
        var after = at;
        while (after < end && _text[after] == _text[at]) after++;
        if (after == end && MayGrow(end)) return -1;
        var (before, next) = (at > 0 ? _text[at - 1] : ' ', after < end ? _text[after] : ' ');
        var kept = _text[at] switch
        {
            '*' => before is ' ' or '\n' && next is ' ' or '\n',
            '_' => char.IsLetterOrDigit(before) && char.IsLetterOrDigit(next),
            _ => after - at == 1,
        };
        return kept ? Say(at, after, _text[at..after]) : after;
    }

    private int Entity(int at, int end)
    {
        var close = at + 1;
        while (close < end && close - at < 10 && (char.IsAsciiLetterOrDigit(_text[close]) || _text[close] == '#')) close++;
        if (close == end && MayGrow(end)) return -1;
        if (close >= end || _text[close] != ';') return Say(at, at + 1, "&");
        return Say(at, close + 1, WebUtility.HtmlDecode(_text[at..(close + 1)]));
    }

    private int Address(int at, int end)
    {
        var stop = at;
        while (stop < end && stop - at <= LongestMark && !EndsAddress(_text[stop])) stop++;
        // The address may still be incomplete.
        var word = _text[at..stop];
        var start = word[..Math.Min(word.Length, AddressStart.Length)];
        if (stop == end && MayGrow(end) && AddressStart.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return -1;
        if (!Url().IsMatch(word)) return Plain(at, end);
        if (stop == end && MayGrow(end)) return -1;
        // Punctuation at the end belongs to the sentence, and so does a closing bracket without an opening one.
        word = word.TrimEnd('.', ',', ';', ':', '!', '?', '*', '_', '\'');
        if (word.EndsWith(')') && !word.Contains('(', StringComparison.Ordinal)) word = word.TrimEnd(')');
        var url = word.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? $"https://{word}" : word;
        var host = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.IdnHost : word;
        return Say(at, at + word.Length, host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..] : host);
    }

    private static bool EndsAddress(char letter) => char.IsWhiteSpace(letter) || letter is '<' or '>' or '"' or '`' or ']';

    // Collapses white space to one space, and removes it at the beginning.
    private int Say(int start, int end, string spoken)
    {
        foreach (var letter in spoken)
        {
            if (char.IsWhiteSpace(letter))
            {
                if (_spoken.Length == 0 || _spoken[^1] == ' ') continue;
                _spoken.Append(' ');
            }
            else
            {
                _spoken.Append(letter);
            }

            _places.Add((start, end));
        }

        return end;
    }

    private void Unsay()
    {
        _spoken.Length--;
        _places.RemoveAt(_places.Count - 1);
    }

    [GeneratedRegex(
        "^(https?://|www\\.)[^\\s]+\\.[^\\s]+|^https?://localhost",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Url();

    [GeneratedRegex("""^</?[A-Za-z][A-Za-z0-9]*(\s+[A-Za-z-]+(="[^"<>]*")?)*\s*/?>$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
