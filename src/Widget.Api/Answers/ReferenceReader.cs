using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>
/// Finds citations, links, images and addresses, and decides what is shown of each. Their lengths are limited, so that only a short text is
/// held back.
/// </summary>
internal sealed partial class ReferenceReader(CitedSources sources, KnownLinks links)
{
    private const int MaxLabelLength = 500;
    private const int MaxAddressLength = 2_000;

    /// <summary>The text is within a list of numbers that is too long to be held back. All of it is removed.</summary>
    public bool IsInLongList { get; private set; }

    /// <summary>Skips the part of a long list that has arrived.</summary>
    /// <returns>The position after it.</returns>
    public int SkipLongList(PendingText text, int at)
    {
        while (at < text.Length && CitationNumbers.IsListCharacter(text[at])) at++;
        if (at == text.Length) return at;
        IsInLongList = false;
        return text[at] is ']' or '】' ? at + 1 : at;
    }

    /// <summary>Reads the citation, link, image or address that begins at a position; plain when none begins there.</summary>
    public MarkdownToken Read(PendingText text, int at, ShownText shown) => text[at] switch
    {
        '\\' => ReadEscape(text, at),
        '!' => ReadImage(text, at, shown),
        '[' => ReadBracket(text, at, shown, isImage: false),
        ']' => ReadClosingBracket(text, at),
        '【' => ReadLenticularBracket(text, at),
        '<' => ReadAutolink(text, at),
        'h' or 'H' or 'w' or 'W' => ReadBareAddress(text, at, shown),
        _ => MarkdownToken.Plain,
    };

    private static MarkdownToken ReadEscape(PendingText text, int at)
    {
        if (at + 1 == text.Length) return MarkdownToken.PlainOrIncomplete(text.IsFinal);
        var next = text[at + 1];
        return char.IsAscii(next) && !char.IsAsciiLetterOrDigit(next) && !char.IsWhiteSpace(next)
            ? MarkdownToken.Of(2, text[at..(at + 2)])
            : MarkdownToken.Plain;
    }

    private MarkdownToken ReadImage(PendingText text, int at, ShownText shown)
    {
        if (at + 1 == text.Length) return MarkdownToken.PlainOrIncomplete(text.IsFinal);
        if (text[at + 1] != '[') return MarkdownToken.Plain;
        var image = ReadBracket(text, at + 1, shown, isImage: true);
        return image.Length > 0 ? MarkdownToken.Of(image.Length + 1, image.Shown) : image;
    }

    // The end of a label that contains brackets. A space after it keeps "(" or ":" from making a link or a link definition.
    private static MarkdownToken ReadClosingBracket(PendingText text, int at)
    {
        if (at + 1 == text.Length) return MarkdownToken.PlainOrIncomplete(text.IsFinal);
        return text[at + 1] is '(' or ':' ? MarkdownToken.Of(1, "] ") : MarkdownToken.Plain;
    }

    private MarkdownToken ReadBracket(PendingText text, int at, ShownText shown, bool isImage)
    {
        var close = EndOfLabel(text, at);
        if (close - at > MaxLabelLength) return ReadLongList(text, at);
        if (close >= text.Length) return MarkdownToken.PlainOrIncomplete(text.IsFinal);
        if (text[close] == '[') return MarkdownToken.Plain;
        if (text.MayContinueAfter(close)) return MarkdownToken.Incomplete;
        var label = text[(at + 1)..close];
        var numbers = CitationNumbers.Parse(label);
        var next = close + 1 < text.Length ? text[close + 1] : '\n';
        if (next == '(')
        {
            var link = ReadLink(text, at, close, label, numbers, isImage);
            if (!link.IsPlain) return link;
        }

        // At the start of a line, a label with a colon defines where other labels lead.
        var isDefinition = next == ':' && shown.HasOnlyMarkers;
        if (numbers is not null) return ReadCitation(numbers, close + 1 - at, next, isDefinition);
        return isDefinition ? MarkdownToken.Of(close + 2 - at, WithoutUnknownAddresses(label) + ":") : MarkdownToken.Plain;
    }

    private static int EndOfLabel(PendingText text, int at)
    {
        var end = at + 1;
        while (end < text.Length && end - at <= MaxLabelLength && text[end] is not ('[' or ']')) end += text[end] == '\\' ? 2 : 1;
        return end;
    }

    private MarkdownToken ReadLink(PendingText text, int at, int close, string label, IReadOnlyList<int>? numbers, bool isImage)
    {
        var length = text.Span(close, Math.Min(text.Length - close, MaxAddressLength + 1)).IndexOfAny(')', '\n');
        if (length < 0 && !text.IsFinal && text.Length - close <= MaxAddressLength) return MarkdownToken.Incomplete;
        var end = close + length;
        if (length <= 0 || text[end] != ')') return MarkdownToken.Plain;
        var target = LinkTarget().Match(text[(close + 2)..end]);
        if (!target.Success) return MarkdownToken.Plain;
        var shown = numbers is not null ? sources.Cite(numbers)
            : isImage ? WithoutUnknownAddresses(label)
            : RenderLink(label, target.Groups["address"].Value);
        return MarkdownToken.Of(end + 1 - at, shown);
    }

    private MarkdownToken ReadCitation(IReadOnlyList<int> numbers, int length, char next, bool isDefinition)
    {
        var shown = sources.Cite(numbers);
        if (isDefinition) return MarkdownToken.Of(length + 1, shown);
        return MarkdownToken.Of(length, next == '(' && shown.Length > 0 ? shown + " " : shown);
    }

    // A label that is too long to be held back and may be a list of numbers is removed, from its first digits on.
    private MarkdownToken ReadLongList(PendingText text, int at)
    {
        if (!CitationNumbers.MayBecomeList(text.Span(at + 1, MaxLabelLength))) return MarkdownToken.Plain;
        IsInLongList = true;
        return MarkdownToken.Of(MaxLabelLength + 1, "");
    }

    private string RenderLink(string label, string address)
    {
        var text = WithoutUnknownAddresses(label);
        if (!links.Contains(address)) return text;
        return text.Trim().Length > 0 ? $"[{text}]({address})" : $"[{address}]({address})";
    }

    private string WithoutUnknownAddresses(string label) =>
        KnownLinks.Address().Replace(label, match => links.Contains(match.Value) ? match.Value : "");

    // Some models cite as 【1†source】.
    private MarkdownToken ReadLenticularBracket(PendingText text, int at)
    {
        var length = text.Span(at, Math.Min(text.Length - at, MaxLabelLength + 1)).IndexOf('】');
        if (length < 0) return text.Length - at > MaxLabelLength ? ReadLongList(text, at) : MarkdownToken.PlainOrIncomplete(text.IsFinal);
        return CitationNumbers.Parse(text[(at + 1)..(at + length)].Split('†')[0]) is { } numbers
            ? MarkdownToken.Of(length + 1, sources.Cite(numbers))
            : MarkdownToken.Plain;
    }

    private MarkdownToken ReadAutolink(PendingText text, int at)
    {
        var end = at + 1;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('<' or '>')) end++;
        if (end == text.Length) return MarkdownToken.PlainOrIncomplete(text.IsFinal || end - at > MaxAddressLength);
        var address = text[(at + 1)..end];
        if (text[end] != '>' || !AutolinkScheme().IsMatch(address)) return MarkdownToken.Plain;
        return MarkdownToken.Of(end + 1 - at, links.Contains(address) ? $"<{address}>" : "");
    }

    private MarkdownToken ReadBareAddress(PendingText text, int at, ShownText shown)
    {
        var isAddress = BeginsAddress(text, at, shown);
        if (isAddress is null) return MarkdownToken.Incomplete;
        if (isAddress == false) return MarkdownToken.Plain;
        var end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !"<>\"'`|[]".Contains(text[end], StringComparison.Ordinal)) end++;
        if (end == text.Length && !text.IsFinal && end - at <= MaxAddressLength) return MarkdownToken.Incomplete;
        var address = text[at..end].TrimEnd('.', ',', ';', ':', '!', '?', ')', '*', '_', '~');
        return MarkdownToken.Of(address.Length, links.Contains(address) ? address : "");
    }

    // Whether an address begins here; null when more text is needed to decide.
    private static bool? BeginsAddress(PendingText text, int at, ShownText shown)
    {
        var rest = text.Span(at, text.Length - at);
        var isWithinWord = !shown.HasGap && char.IsLetterOrDigit(at > 0 ? text[at - 1] : shown.Last);
        foreach (var start in (ReadOnlySpan<string>)["http://", "https://", "www."])
        {
            // Within a word, as in "awww.", "www." begins no address.
            if (start[0] == 'w' && isWithinWord) continue;
            if (rest.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return true;
            var mayBecomeAddress = rest.Length < start.Length && start.AsSpan().StartsWith(rest, StringComparison.OrdinalIgnoreCase);
            if (mayBecomeAddress && !text.IsFinal) return null;
        }

        return false;
    }

    // A link's parentheses contain an address, perhaps in angle brackets, and perhaps a title. A single word is a remark, not an address.
    [GeneratedRegex(
        """^\s*<?(?<address>[^\s<>]*[:/.#@?][^\s<>]*|)>?(\s+("[^"]*"|'[^']*'))?\s*$""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9+.-]{1,31}:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AutolinkScheme();
}
