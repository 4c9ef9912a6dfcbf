using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

// What begins at a place of the text: code, a citation, a link or an address. Each looks only so far ahead as such a thing can be long.
public sealed partial class VerifiedText
{
    // Code is shown as it is written, so nothing in it is a citation or a link: fenced blocks line by line, spans within a line. Readers of
    // Markdown do not agree on where code ends within lists, quotes, tables and emphasis. So only a fence at the very start of a line is
    // trusted, and none once there has been another, and no span that would be a link if it were no code.
    private int Code(string text, int at, int end, bool final)
    {
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
        // It ends with as many marks, on the same line and not too far away.
        var limit = Math.Min(end < 0 ? text.Length : end, at + LongestCode);
        var isWhole = limit < at + LongestCode && (end >= 0 || final);
        if (CodeEnd(text, run, run - at, limit) is { } close && (isWhole || close < limit))
            return LinkLike().IsMatch(text.AsSpan(run, close - run - (run - at))) ? run - at : close - at;
        return end < 0 && !final && text.Length - at < LongestCode ? More : run - at;
    }

    // Behind the next run of exactly so many marks.
    private static int? CodeEnd(string text, int at, int marks, int limit)
    {
        while (at < limit)
        {
            var run = at;
            while (at < limit && text[at] == '`') at++;
            if (at - run == marks) return at;
            if (at == run) at++;
        }

        return null;
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
        while (close < text.Length && close - at <= LongestLabel && text[close] is not ('[' or ']')) close += text[close] == '\\' ? 2 : 1;
        if (close - at > LongestLabel) return Numbers(text, at);
        if (close >= text.Length) return final ? Plain : More;
        if (text[close] == '[') return Plain;
        var label = text[(at + 1)..close];
        var numbers = CitationNumbers.Parse(label);
        if (close + 1 == text.Length && !final) return More;
        var next = close + 1 < text.Length ? text[close + 1] : '\n';
        if (next == '(')
        {
            var length = text.AsSpan(close, Math.Min(text.Length - close, LongestAddress + 1)).IndexOfAny(')', '\n');
            if (length < 0 && !final && text.Length - close <= LongestAddress) return More;
            var end = close + length;
            if (length > 0 && text[end] == ')' && Target().Match(text[(close + 2)..end]) is { Success: true } target)
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

    // What may be a list of numbers without end goes, from its first digits on.
    private int Numbers(string text, int at)
    {
        if (!CitationNumbers.MayBe(text.AsSpan(at + 1, LongestLabel))) return Plain;
        _inNumbers = true;
        return LongestLabel + 1;
    }

    private int AfterNumbers(string text, int at)
    {
        while (at < text.Length && CitationNumbers.MayBe(text[at])) at++;
        if (at == text.Length) return at;
        _inNumbers = false;
        return text[at] is ']' or '】' ? at + 1 : at;
    }

    private string Link(string label, string address) =>
        !links.Contains(address) ? WithoutAddresses(label)
        : WithoutAddresses(label) is { } text && text.Trim().Length > 0 ? $"[{text}]({address})"
        : $"[{address}]({address})";

    private string WithoutAddresses(string label) => KnownLinks.Address().Replace(label, match => links.Contains(match.Value) ? match.Value : "");

    private int Lenticular(string text, int at, bool final, out string kept)
    {
        kept = "";
        var close = text.IndexOf('】', at, Math.Min(text.Length - at, LongestLabel + 1));
        if (close < 0) return text.Length - at > LongestLabel ? Numbers(text, at) : final ? Plain : More;
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
            // "www." begins an address only where a word does, as behind something that was taken out.
            if (start[0] == 'w' && !_gap && char.IsLetterOrDigit(at > 0 ? text[at - 1] : _before)) continue;
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
