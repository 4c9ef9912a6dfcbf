using System.Text;
using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// A model's answer, held against its sources while it streams: citations of sources that do not exist and links to addresses that nobody
/// gave are taken out before anyone sees them. What might still become either is held back until it is whole, so a marker that
/// comes in pieces is judged as one. Whatever comes out has citations as <c>[1]</c>, no images and no link definitions. What stood apart
/// stays apart: where something was taken out, nothing joins to a new address or link.
/// </summary>
public sealed partial class VerifiedText(IReadOnlyList<Citation> sources, KnownLinks links)
{
    private const int LongestLabel = 500;
    private const int LongestAddress = 2_000;
    private const int LongestCode = 500;
    private const int LongestPunctuation = 20;

    /// <summary>What is still missing to tell what begins here.</summary>
    private const int More = -1;

    /// <summary>Nothing that has to be looked at begins here.</summary>
    private const int Plain = 0;

    private readonly StringBuilder _text = new();
    private readonly HashSet<int> _cited = [];
    private string _pending = "";
    private string? _fence;
    private bool _doubtfulFences;
    private bool _endedInReturn;

    // Of what came out, which is what a reader of Markdown sees.
    private bool _atLineStart = true;
    private bool _onlyMarks = true;
    private bool _wordMayBegin = true;
    private char _before = '\n';

    // Something was taken out since.
    private bool _gap;

    /// <summary>What has been verified so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The sources that the text cites, in order of number.</summary>
    public IReadOnlyList<Citation> Cited => [.. sources.Where(source => _cited.Contains(source.Number)).OrderBy(source => source.Number)];

    /// <summary>Takes the next piece; returns what can be shown now, which may be nothing.</summary>
    public string Append(string piece)
    {
        // PostgreSQL stores no U+0000, and a carriage return ends a line for the widget.
        var lines = piece.Replace("\0", "", StringComparison.Ordinal);
        if (lines.Length == 0) return "";
        if (_endedInReturn && lines[0] == '\n') lines = lines[1..];
        _endedInReturn = lines.EndsWith('\r');
        return Advance(lines.ReplaceLineEndings("\n"), final: false);
    }

    /// <summary>There is no more; returns the rest.</summary>
    public string Complete() => Advance("", final: true);

    private string Advance(string piece, bool final)
    {
        var text = _pending + piece;
        var output = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            var length = Code(text, at, final);
            if (length == More) break;
            if (length > 0)
            {
                var code = text.Substring(at, length);
                Emit(_gap && !_wordMayBegin ? " " + code : code, output);
                _gap = false;
                at += length;
                continue;
            }

            // A space before what is taken out goes with it.
            var space = text[at] == ' ' ? 1 : 0;
            if (space == 1 && at + 1 == text.Length && !final) break;
            var kept = "";
            length = at + space < text.Length ? Look(text, at + space, final, out kept) : Plain;
            if (length == More) break;
            if (length == Plain) (length, kept) = (1, text[at].ToString());
            else if (kept.Length > 0 && space == 1) (length, kept) = (length + 1, " " + kept);
            else length += space;

            // A label without its link may join what stands beside it just as the neighbours of something that has gone.
            var bare = kept.Length > 0 && kept.TrimStart(' ') is { Length: > 0 } shown && shown[0] is not ('[' or ']' or '<') && !text.AsSpan(at, length).SequenceEqual(kept);
            if (kept.Length > 0 && (_gap || bare) && !_wordMayBegin && !char.IsWhiteSpace(kept[0]))
            {
                var ends = bare ? false : EndsWord(text, at, final);
                if (ends is null) break;
                if (ends == false) kept = " " + kept;
            }

            _gap = bare || kept.Length == 0;
            Emit(kept, output);
            at += length;
        }

        _pending = text[at..];
        _text.Append(output);
        return output.ToString();
    }

    private void Emit(string shown, StringBuilder output)
    {
        output.Append(shown);
        foreach (var character in shown)
        {
            _atLineStart = character == '\n';
            var space = char.IsWhiteSpace(character) || character == '\uFEFF';
            _onlyMarks = _atLineStart || (_onlyMarks && (space || ">*+-.)0123456789".Contains(character, StringComparison.Ordinal)));
            _wordMayBegin = space || (_wordMayBegin && "*_~(\"'“„«".Contains(character, StringComparison.Ordinal));
            _before = character;
        }
    }

    // Whether only punctuation stands here, with a space or the end behind it. Null when that cannot be told yet.
    private static bool? EndsWord(string text, int at, bool final)
    {
        var end = at;
        while (end < text.Length && end - at < LongestPunctuation && ".,;:!?)]*_~\"'”“»…。，、；：！？）؟،".Contains(text[end], StringComparison.Ordinal)) end++;
        return end < text.Length ? char.IsWhiteSpace(text[end]) : final ? true : null;
    }

    // Code is shown as it is written, so nothing in it is a citation or a link: fenced blocks line by line, spans within a line. Readers of
    // Markdown do not agree on where code ends within lists, quotes, tables and emphasis. So only a fence at the very start of a line is
    // trusted, and none once there has been another, and no span that would be a link if it were no code.
    private int Code(string text, int at, bool final)
    {
        var end = text.IndexOf('\n', at);
        if (_fence is not null)
        {
            if (end < 0 && !final) return More;
            var line = text[at..(end < 0 ? text.Length : end)];
            if (line.Contains(_fence, StringComparison.Ordinal))
            {
                _doubtfulFences |= !line.StartsWith(_fence, StringComparison.Ordinal);
                _fence = null;
            }

            return (end < 0 ? text.Length : end + 1) - at;
        }

        if (_onlyMarks && text[at] is '`' or '~')
        {
            var marks = at;
            while (marks < text.Length && text[marks] == text[at]) marks++;
            if (marks == text.Length && !final) return More;
            if (marks - at >= 3)
            {
                if (_atLineStart && end < 0 && !final && text.Length - at < LongestCode) return More;
                if (_atLineStart && !_doubtfulFences && Fence().IsMatch(text.AsSpan(at, (end < 0 ? text.Length : end) - at)))
                {
                    _fence = text[at..marks];
                    return (end < 0 ? text.Length : end + 1) - at;
                }

                _doubtfulFences = true;
            }
        }

        if (text[at] != '`') return Plain;
        var run = at;
        while (run < text.Length && text[run] == '`') run++;
        if (run == text.Length && !final) return More;
        var close = Regex.Match(text[run..(end < 0 ? text.Length : end)], $"(?<!`)`{{{run - at}}}(?!`)", RegexOptions.None, TimeSpan.FromSeconds(1));
        if (close.Success && (final || run + close.Index + close.Length < text.Length))
            return LinkLike().IsMatch(text.AsSpan(run, close.Index)) ? run - at : run + close.Index + close.Length - at;
        return end < 0 && !final && text.Length - at < LongestCode ? More : run - at;
    }

    private int Look(string text, int at, bool final, out string kept)
    {
        kept = "";
        var last = at + 1 == text.Length;
        switch (text[at])
        {
            case '\\':
                if (last) return final ? Plain : More;
                if (!char.IsAsciiLetterOrDigit(text[at + 1]) && text[at + 1] < 128 && !char.IsWhiteSpace(text[at + 1])) return Keep(text, at, 2, out kept);
                return Plain;
            case '!':
                if (last) return final ? Plain : More;
                if (text[at + 1] != '[') return Plain;
                var image = Bracket(text, at + 1, final, isImage: true, out kept);
                return image > 0 ? image + 1 : image;
            case '[':
                return Bracket(text, at, final, isImage: false, out kept);
            case ']':
                // The end of a label with brackets in it. Apart from what follows, it makes no link and defines none.
                if (last) return final ? Plain : More;
                if (text[at + 1] is not ('(' or ':')) return Plain;
                kept = "] ";
                return 1;
            case '【':
                return Lenticular(text, at, final, out kept);
            case '<':
                return Angle(text, at, final, out kept);
            case 'h' or 'H' or 'w' or 'W':
                return Bare(text, at, final, out kept);
            default:
                return Plain;
        }
    }

    private int Bracket(string text, int at, bool final, bool isImage, out string kept)
    {
        kept = "";
        var close = at + 1;
        while (close < text.Length && text[close] is not ('[' or ']')) close += text[close] == '\\' ? 2 : 1;
        if (close >= text.Length) return final || text.Length - at > LongestLabel ? Plain : More;
        if (text[close] == '[' || close - at > LongestLabel) return Plain;
        var label = text[(at + 1)..close];
        var numbers = CitationNumbers.Parse(label);
        if (close + 1 == text.Length && !final) return More;
        var next = close + 1 < text.Length ? text[close + 1] : '\n';
        if (next == '(')
        {
            var end = text.IndexOfAny([')', '\n'], close);
            if (end < 0 && !final && text.Length - close <= LongestAddress) return More;
            if (end > 0 && Target().Match(text[(close + 2)..end]) is { Success: true } target && text[end] == ')')
            {
                var address = target.Groups["address"].Value;
                kept = numbers is not null ? Cite(numbers) : isImage ? WithoutAddresses(label) : Link(label, address);
                return end + 1 - at;
            }
        }

        if (numbers is not null)
        {
            kept = Cite(numbers);
            // At a line's start it would define what the other numbers lead to.
            if (next == ':' && _onlyMarks) return close + 2 - at;
            if (next == '(' && kept.Length > 0) kept += " ";
            return close + 1 - at;
        }

        if (next != ':' || !_onlyMarks) return Plain;
        kept = WithoutAddresses(label) + ":";
        return close + 2 - at;
    }

    private string Link(string label, string address) =>
        !links.Contains(address) ? WithoutAddresses(label)
        : WithoutAddresses(label) is { } text && text.Trim().Length > 0 ? $"[{text}]({address})"
        : $"[{address}]({address})";

    private string WithoutAddresses(string label) => KnownLinks.Address().Replace(label, match => links.Contains(match.Value) ? match.Value : "");

    private int Lenticular(string text, int at, bool final, out string kept)
    {
        kept = "";
        var close = text.IndexOf('】', at);
        if (close < 0) return final || text.Length - at > LongestLabel ? Plain : More;
        if (CitationNumbers.Parse(text[(at + 1)..close].Split('†')[0]) is not { } numbers) return Plain;
        kept = Cite(numbers);
        return close + 1 - at;
    }

    private int Angle(string text, int at, bool final, out string kept)
    {
        kept = "";
        var end = at + 1;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('<' or '>')) end++;
        if (end == text.Length) return final || end - at > LongestAddress ? Plain : More;
        var address = text[(at + 1)..end];
        if (text[end] != '>' || !Autolink().IsMatch(address)) return Plain;
        kept = links.Contains(address) ? $"<{address}>" : "";
        return end + 1 - at;
    }

    private int Bare(string text, int at, bool final, out string kept)
    {
        kept = "";
        var rest = text.AsSpan(at);
        var found = false;
        foreach (var start in (ReadOnlySpan<string>)["http://", "https://", "www."])
        {
            // "www." begins an address only where a word does.
            if (start[0] == 'w' && char.IsLetterOrDigit(at > 0 ? text[at - 1] : _before)) continue;
            if (rest.Length < start.Length && start.AsSpan().StartsWith(rest, StringComparison.OrdinalIgnoreCase) && !final) return More;
            found |= rest.StartsWith(start, StringComparison.OrdinalIgnoreCase);
        }

        if (!found) return Plain;
        var end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !"<>\"'`|[]".Contains(text[end], StringComparison.Ordinal)) end++;
        if (end == text.Length && !final && end - at <= LongestAddress) return More;
        var address = text[at..end].TrimEnd('.', ',', ';', ':', '!', '?', ')', '*', '_', '~');
        if (links.Contains(address)) kept = address;
        return address.Length;
    }

    private string Cite(IReadOnlyList<int> numbers)
    {
        var existing = numbers.Where(number => sources.Any(source => source.Number == number)).Distinct().ToArray();
        _cited.UnionWith(existing);
        return string.Concat(existing.Select(number => $"[{number}]"));
    }

    private static int Keep(string text, int at, int length, out string kept)
    {
        kept = text.Substring(at, length);
        return length;
    }

    // A fence and perhaps the name of a language.
    [GeneratedRegex(@"^(`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(|://|www\.", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkLike();

    // What stands in a link's parentheses: an address, which may be in angle brackets, and perhaps a title. One word is a remark, not an address.
    [GeneratedRegex("""^\s*<?(?<address>[^\s<>]*[:/.#@?][^\s<>]*|)>?(\s+("[^"]*"|'[^']*'))?\s*$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Target();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9+.-]{1,31}:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Autolink();
}
