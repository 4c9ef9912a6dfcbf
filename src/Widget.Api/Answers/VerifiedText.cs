using System.Text;
using System.Text.RegularExpressions;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// A model's answer, held against its sources while it streams: citations of sources that do not exist and links to addresses that nobody
/// gave are taken out before anyone sees them. What might still become either is held back until it is whole, so a marker that
/// comes in pieces is judged as one. Whatever comes out has citations as <c>[1]</c>, no images and no link definitions.
/// </summary>
public sealed partial class VerifiedText(IReadOnlyList<Citation> sources, KnownLinks links)
{
    private const int LongestLabel = 500;
    private const int LongestAddress = 2_000;
    private const int LongestCode = 500;

    /// <summary>What is still missing to tell what begins here.</summary>
    private const int More = -1;

    /// <summary>Nothing that has to be looked at begins here.</summary>
    private const int Plain = 0;

    private readonly StringBuilder _text = new();
    private readonly HashSet<int> _cited = [];
    private string _pending = "";
    private string? _fence;
    private bool _atLineStart = true;
    private bool _onlyMarks = true;
    private char _before = '\n';

    /// <summary>What has been verified so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The sources that the text cites, in order of number.</summary>
    public IReadOnlyList<Citation> Cited => [.. sources.Where(source => _cited.Contains(source.Number)).OrderBy(source => source.Number)];

    /// <summary>Takes the next piece; returns what can be shown now, which may be nothing.</summary>
    public string Append(string piece) => Advance(piece, final: false);

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
                output.Append(text, at, length);
                Pass(text.AsSpan(at, length));
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
            output.Append(kept);
            Pass(text.AsSpan(at, length));
            at += length;
        }

        _pending = text[at..];
        _text.Append(output);
        return output.ToString();
    }

    private void Pass(ReadOnlySpan<char> raw)
    {
        foreach (var character in raw)
        {
            _atLineStart = character == '\n';
            _onlyMarks = _atLineStart || (_onlyMarks && " \t>*+-.)0123456789".Contains(character, StringComparison.Ordinal));
            _before = character;
        }
    }

    // Code is shown as it is written, so nothing in it is a citation or a link: fenced blocks line by line, spans within a line.
    private int Code(string text, int at, bool final)
    {
        var end = text.IndexOf('\n', at);
        if (_fence is not null)
        {
            if (end < 0 && !final) return More;
            var line = text[at..(end < 0 ? text.Length : end)];
            if (line.TrimStart().StartsWith(_fence, StringComparison.Ordinal)) _fence = null;
            return (end < 0 ? text.Length : end + 1) - at;
        }

        if (_atLineStart)
        {
            var line = text[at..(end < 0 ? text.Length : end)];
            if (end < 0 && !final && MayOpenFence().IsMatch(line)) return More;
            if (Fence().Match(line) is { Success: true } fence && !(fence.Value.EndsWith('`') && line[fence.Length..].Contains('`', StringComparison.Ordinal)))
            {
                _fence = fence.Groups["mark"].Value;
                return (end < 0 ? text.Length : end + 1) - at;
            }
        }

        if (text[at] != '`') return Plain;
        var run = at;
        while (run < text.Length && text[run] == '`') run++;
        if (run == text.Length && !final) return More;
        var close = Regex.Match(text[run..(end < 0 ? text.Length : end)], $"(?<!`)`{{{run - at}}}(?!`)", RegexOptions.None, TimeSpan.FromSeconds(1));
        if (close.Success && (final || run + close.Index + close.Length < text.Length)) return run + close.Index + close.Length - at;
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

    [GeneratedRegex(@"^ {0,3}(?<mark>`{3,}|~{3,})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ {0,3}($|`{1,2}$|~{1,2}$|`{3}|~{3})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MayOpenFence();

    // What stands in a link's parentheses: an address, which may be in angle brackets, and perhaps a title. One word is a remark, not an address.
    [GeneratedRegex("""^\s*<?(?<address>[^\s<>]*[:/.#@?][^\s<>]*|)>?(\s+("[^"]*"|'[^']*'))?\s*$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Target();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9+.-]{1,31}:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Autolink();
}
