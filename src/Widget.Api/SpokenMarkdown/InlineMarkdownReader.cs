using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Widget.Api.Answers;

namespace Widget.Api.SpokenMarkdown;

/// <summary>
/// Converts one line of Markdown to spoken text: citations and emphasis are removed, links are spoken by their label, and bare URLs by
/// their host. Each call reads the line from its beginning, so a longer line never changes what was already spoken.
/// </summary>
internal sealed partial class InlineMarkdownReader
{
    // The longest link, tag or citation that verified text allows.
    private const int MaxMarkLength = 2_500;

    // How deeply brackets may be nested. Deeper ones are spoken as they are.
    private const int MaxDepth = 20;

    private const string UrlStart = "https://www.";

    // Methods that read something return the position after it, which is never 0, or one of these.
    private const int NeedsMore = -1;
    private const int Unclosed = 0;

    // FindClosing returns a position, or one of these.
    private const int NotFound = -1;
    private const int TooFar = -2;

    private readonly StringBuilder _spoken = new();
    private readonly List<(int Start, int End)> _places = [];
    private readonly string _text;
    private readonly int _end;
    private readonly bool _isComplete;
    private int _depth;

    private InlineMarkdownReader(string text, int end, bool isComplete) => (_text, _end, _isComplete) = (text, end, isComplete);

    /// <param name="text">The answer so far.</param>
    /// <param name="start">Start of the line.</param>
    /// <param name="end">End of the line so far.</param>
    /// <param name="isComplete">
    /// Whether the line is complete. If not, the result stops before an unfinished link, code span or mark.
    /// </param>
    public static SpokenLine Read(string text, int start, int end, bool isComplete)
    {
        var reader = new InlineMarkdownReader(text, end, isComplete);
        reader.Read(start, end);
        return new SpokenLine(reader._spoken.ToString(), reader._places, isComplete);
    }

    private void Read(int at, int end)
    {
        while (at < end)
        {
            var next = ReadNext(at, end);
            if (next == NeedsMore) return;
            at = next;
        }
    }

    // Returns the position after what was read, or NeedsMore.
    private int ReadNext(int at, int end)
    {
        var letter = _text[at];
        switch (letter)
        {
            case '\\':
                return ReadEscape(at, end);
            case '`':
                return ReadCode(at, end);
            case '!' when at + 1 < end && _text[at + 1] == '[':
                return ReadBrackets(at + 1, end) is var image and not Unclosed ? image : WaitOrEmit(at, end);
            case '!' when at + 1 == end:
                return WaitOrEmit(at, end);
            case '[':
                return ReadBrackets(at, end) is var link and not Unclosed ? link : WaitOrEmit(at, end);
            case '|':
                return ReadBar(at, end);
            case '<':
                return ReadAngleBrackets(at, end);
            case '*' or '_' or '~':
                return ReadEmphasis(at, end);
            case '&':
                return ReadEntity(at, end);
            case 'h' or 'H' or 'w' or 'W' when at == 0 || !char.IsLetterOrDigit(_text[at - 1]):
                return ReadUrl(at, end);
            default:
                return ReadCharacter(at, end);
        }
    }

    // A backslash at the end of a line is a line break. Before a letter, as in C:\temp, it is spoken as it is.
    private int ReadEscape(int at, int end)
    {
        if (at + 1 >= end) return WaitOrEmit(at, end);
        var next = _text[at + 1];
        if (next is > ' ' and < (char)127 && !char.IsAsciiLetterOrDigit(next)) return Emit(at, at + 2, next.ToString());
        return Emit(at, at + 1, char.IsWhiteSpace(next) ? " " : "\\");
    }

    // A bar between spaces separates two cells of a table row whose beginning was already spoken as text.
    private int ReadBar(int at, int end)
    {
        if (at + 1 >= end) return WaitOrEmit(at, end);
        if (at == 0 || _text[at - 1] != ' ' || _text[at + 1] != ' ') return Emit(at, at + 1, "|");
        RemoveSpaces();
        return Emit(at, at + 1, _spoken.Length > 0 ? "," : "");
    }

    private int ReadCharacter(int at, int end)
    {
        var length = char.IsHighSurrogate(_text[at]) && at + 1 < end ? 2 : 1;
        if (char.IsHighSurrogate(_text[at]) && length == 1) return MayGrow(end) ? NeedsMore : at + 1;
        if (IsEmoji(at, length)) return at + length;
        return Emit(at, at + length, _text.Substring(at, length));
    }

    // Emoji are skipped, because voices read their long names.
    private bool IsEmoji(int at, int length) => length == 2
        ? char.ConvertToUtf32(_text[at], _text[at + 1]) is >= 0x1F000 and <= 0x1FAFF
        : _text[at] is (>= '\u2600' and <= '\u27BF') or '\uFE0F' or '\u200D' or '\u20E3';

    // Waits for more text. If there is none, the character is spoken as it is.
    private int WaitOrEmit(int at, int end) => MayGrow(end) ? NeedsMore : Emit(at, at + 1, _text[at].ToString());

    // Text inside closed brackets is complete, even if the line is not.
    private bool MayGrow(int end) => !_isComplete && end == _end;

    private int ReadCode(int at, int end)
    {
        var open = at;
        while (open < end && _text[open] == '`') open++;
        if (open == end && MayGrow(end)) return NeedsMore;
        var close = _text.IndexOf(_text[at..open], open, end - open, StringComparison.Ordinal);
        if (close < 0) return MayGrow(end) ? NeedsMore : open;
        for (var i = open; i < close; i++) Emit(i, i + 1, _text[i].ToString());
        return close + (open - at);
    }

    // A citation, a link or plain brackets.
    private int ReadBrackets(int at, int end)
    {
        if (_depth == MaxDepth) return Emit(at, at + 1, "[");
        var close = FindClosing(at, end, '[', ']');
        if (close == TooFar) return Emit(at, at + 1, "[");
        if (close == NotFound || (close + 1 >= end && MayGrow(end))) return Unclosed;
        if (close + 1 < end && _text[close + 1] == '(')
        {
            var last = FindClosing(close + 1, end, '(', ')');
            if (last == TooFar) return Emit(at, at + 1, "[");
            if (last == NotFound) return Unclosed;
            ReadInside(at + 1, close);
            return last + 1;
        }

        if (CitationNumbers.Parse(_text[(at + 1)..close]) is not null)
        {
            // Remove the space before the citation too.
            RemoveSpaces();
            return close + 1;
        }

        Emit(at, at + 1, "[");
        ReadInside(at + 1, close);
        return Emit(close, close + 1, "]");
    }

    private void ReadInside(int at, int end)
    {
        _depth++;
        Read(at, end);
        _depth--;
    }

    private int FindClosing(int at, int end, char open, char shut)
    {
        var depth = 0;
        for (var i = at; i < end; i++)
        {
            if (i - at > MaxMarkLength) return TooFar;
            if (_text[i] == '\\') i++;
            else if (_text[i] == open) depth++;
            else if (_text[i] == shut && --depth == 0) return i;
        }

        return NotFound;
    }

    // An HTML tag, which is skipped, or an address such as <https://shop.example>.
    private int ReadAngleBrackets(int at, int end)
    {
        if (at + 1 >= end) return WaitOrEmit(at, end);
        if (!char.IsAsciiLetter(_text[at + 1]) && _text[at + 1] != '/') return Emit(at, at + 1, "<");
        var close = _text.IndexOf('>', at, Math.Min(end - at, MaxMarkLength));
        if (close < 0) return end - at > MaxMarkLength ? Emit(at, at + 1, "<") : WaitOrEmit(at, end);
        if (Tag().IsMatch(_text[at..(close + 1)])) return close + 1;
        var content = _text.AsSpan(at + 1, close - at - 1);
        if (content.ContainsAny(" \n") || !content.ContainsAny(":@")) return Emit(at, at + 1, "<");
        Read(at + 1, close);
        return close + 1;
    }

    // An asterisk between spaces means multiplication, an underscore inside a word belongs to it, and a single tilde means "about".
    private int ReadEmphasis(int at, int end)
    {
        var after = at;
        while (after < end && _text[after] == _text[at]) after++;
        if (after == end && MayGrow(end)) return NeedsMore;
        var (before, next) = (at > 0 ? _text[at - 1] : ' ', after < end ? _text[after] : ' ');
        var isSpoken = _text[at] switch
        {
            '*' => before is ' ' or '\n' && next is ' ' or '\n',
            '_' => char.IsLetterOrDigit(before) && char.IsLetterOrDigit(next),
            _ => after - at == 1,
        };
        return isSpoken ? Emit(at, after, _text[at..after]) : after;
    }

    private int ReadEntity(int at, int end)
    {
        var close = at + 1;
        while (close < end && close - at < 10 && (char.IsAsciiLetterOrDigit(_text[close]) || _text[close] == '#')) close++;
        if (close == end && MayGrow(end)) return NeedsMore;
        if (close >= end || _text[close] != ';') return Emit(at, at + 1, "&");
        return Emit(at, close + 1, WebUtility.HtmlDecode(_text[at..(close + 1)]));
    }

    private int ReadUrl(int at, int end)
    {
        var stop = at;
        while (stop < end && stop - at <= MaxMarkLength && !EndsUrl(_text[stop])) stop++;
        // The address may still be incomplete.
        var word = _text[at..stop];
        var start = word[..Math.Min(word.Length, UrlStart.Length)];
        if (stop == end && MayGrow(end) && UrlStart.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return NeedsMore;
        if (!Url().IsMatch(word)) return ReadCharacter(at, end);
        if (stop == end && MayGrow(end)) return NeedsMore;
        // Punctuation at the end belongs to the sentence, and so does a closing bracket without an opening one.
        word = word.TrimEnd('.', ',', ';', ':', '!', '?', '*', '_', '\'');
        if (word.EndsWith(')') && !word.Contains('(', StringComparison.Ordinal)) word = word.TrimEnd(')');
        var url = word.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? $"https://{word}" : word;
        var host = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.IdnHost : word;
        return Emit(at, at + word.Length, host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..] : host);
    }

    private static bool EndsUrl(char letter) => char.IsWhiteSpace(letter) || letter is '<' or '>' or '"' or '`' or ']';

    // Collapses white space to one space, and removes it at the beginning.
    private int Emit(int start, int end, string spoken)
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

    // Removes the white space at the end.
    private void RemoveSpaces()
    {
        if (_spoken.Length == 0 || _spoken[^1] != ' ') return;
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
