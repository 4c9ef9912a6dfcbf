using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>
/// Finds code, which is shown as it is written: nothing in it is a citation or a link. Fenced blocks are read line by line, spans within a
/// line. Markdown parsers disagree about where code ends within lists, quotes, tables and emphasis. Text that only looks like code could
/// therefore hide a link. So a fence counts only at the very start of a line and only if no ambiguous fence came before it. A span counts
/// only if it would not be a link without its backticks.
/// </summary>
internal sealed partial class CodeReader
{
    private const int MaxSpanLength = 500;
    private const int MinFenceLength = 3;

    private string? _fence;
    private bool _hasAmbiguousFence;

    public bool IsInFence => _fence is not null;

    public MarkdownToken Read(PendingText text, int at, ShownText shown)
    {
        if (_fence is not null) return ReadFencedLine(text, at, _fence);
        if (shown.HasOnlyMarkers && text[at] is '`' or '~')
        {
            var fence = ReadFence(text, at, shown.IsAtLineStart);
            if (!fence.IsPlain) return fence;
        }

        return text[at] == '`' ? ReadSpan(text, at) : MarkdownToken.Plain;
    }

    private MarkdownToken ReadFencedLine(PendingText text, int at, string fence)
    {
        var lineEnd = text.LineEnd(at);
        if (lineEnd < 0 && !text.IsFinal) return MarkdownToken.Incomplete;
        var line = text[at..(lineEnd < 0 ? text.Length : lineEnd)];
        if (line.Contains(fence, StringComparison.Ordinal))
        {
            _hasAmbiguousFence |= !line.StartsWith(fence, StringComparison.Ordinal);
            _fence = null;
        }

        return WholeLine(text, at);
    }

    private MarkdownToken ReadFence(PendingText text, int at, bool isAtLineStart)
    {
        var marks = text.EndOfRun(at);
        if (marks == text.Length && !text.IsFinal) return MarkdownToken.Incomplete;
        if (marks - at < MinFenceLength) return MarkdownToken.Plain;
        var lineEnd = text.LineEnd(at);
        if (isAtLineStart && lineEnd < 0 && !text.IsFinal && text.Length - at < MaxSpanLength) return MarkdownToken.Incomplete;
        var line = text.Span(at, (lineEnd < 0 ? text.Length : lineEnd) - at);
        if (isAtLineStart && !_hasAmbiguousFence && FenceLine().IsMatch(line))
        {
            _fence = text[at..marks];
            return WholeLine(text, at);
        }

        _hasAmbiguousFence = true;
        return MarkdownToken.Plain;
    }

    // A span ends with as many backticks as it begins with, on the same line and within the maximum length.
    private static MarkdownToken ReadSpan(PendingText text, int at)
    {
        var open = text.EndOfRun(at);
        if (open == text.Length && !text.IsFinal) return MarkdownToken.Incomplete;
        var marks = open - at;
        var lineEnd = text.LineEnd(at);
        var limit = Math.Min(lineEnd < 0 ? text.Length : lineEnd, at + MaxSpanLength);
        var isWhole = limit < at + MaxSpanLength && (lineEnd >= 0 || text.IsFinal);
        if (SpanEnd(text, open, marks, limit) is { } close && (isWhole || close < limit))
            return Verbatim(text, at, LinkLike().IsMatch(text.Span(open, close - open - marks)) ? open : close);
        return lineEnd < 0 && !text.IsFinal && text.Length - at < MaxSpanLength ? MarkdownToken.Incomplete : Verbatim(text, at, open);
    }

    // The position after the next run of exactly this many backticks.
    private static int? SpanEnd(PendingText text, int at, int marks, int limit)
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

    private static MarkdownToken WholeLine(PendingText text, int at)
    {
        var lineEnd = text.LineEnd(at);
        return Verbatim(text, at, lineEnd < 0 ? text.Length : lineEnd + 1);
    }

    private static MarkdownToken Verbatim(PendingText text, int at, int end) => MarkdownToken.Of(end - at, text[at..end]);

    // A fence, perhaps with the name of a language.
    [GeneratedRegex(@"^(`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FenceLine();

    [GeneratedRegex(@"\]\(|://|www\.", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkLike();
}
