using System.Text;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>
/// A model's answer, checked against its sources while it streams. Citations of sources that do not exist and links to unknown addresses
/// are removed before anyone sees them. Text that might still become either is held back until it is complete, so a marker that arrives in
/// pieces is checked as a whole. The output has citations as <c>[1]</c>, no images and no link definitions. Removing a part never merges
/// the text around it into a new address or link.
/// </summary>
public sealed class VerifiedText
{
    private const int MaxPunctuation = 20;

    private readonly StringBuilder _pending = new();
    private readonly LineEndings _lines = new();
    private readonly ShownText _shown = new();
    private readonly CodeReader _code = new();
    private readonly CitedSources _sources;
    private readonly ReferenceReader _references;

    public VerifiedText(IReadOnlyList<Citation> sources, KnownLinks links)
    {
        _sources = new CitedSources(sources);
        _references = new ReferenceReader(_sources, links);
    }

    /// <summary>What has been verified so far.</summary>
    public string Text => _shown.ToString();

    /// <summary>The sources that the text cites, in order of number.</summary>
    public IReadOnlyList<Citation> Cited => _sources.Cited;

    /// <summary>Takes the next piece; returns what can be shown now, which may be nothing.</summary>
    public string Append(string piece)
    {
        var lines = _lines.Normalize(piece);
        _pending.Append(lines);
        // Process a line of fenced code once it is complete, not after each fragment.
        var canAdvance = lines.Length > 0 && (!_code.IsInFence || lines.Contains('\n', StringComparison.Ordinal));
        return canAdvance ? Advance(isFinal: false) : "";
    }

    /// <summary>Ends the text; returns the rest.</summary>
    public string Complete() => Advance(isFinal: true);

    // What is held back is short, so the work grows linearly with the text.
    private string Advance(bool isFinal)
    {
        var text = new PendingText(_pending.ToString(), isFinal);
        var start = _shown.Length;
        var at = 0;
        while (at < text.Length && Read(text, at) is var next && next != at) at = next;
        _pending.Remove(0, at);
        return _shown.ToString(start);
    }

    // Returns the next position to read, or the same position when more text is needed.
    private int Read(PendingText text, int at)
    {
        if (_references.IsInLongList) at = _references.SkipLongList(text, at);
        if (at == text.Length) return at;
        var code = _code.Read(text, at, _shown);
        if (code.IsIncomplete) return at;
        if (code.IsPlain) return ReadProse(text, at);
        _shown.AppendCode(code.Shown);
        return at + code.Length;
    }

    private int ReadProse(PendingText text, int at)
    {
        var token = ReadToken(text, at);
        if (token.IsIncomplete) return at;
        // A label without its link must not merge with its neighbours into a new address. Neither must the text around a removed part.
        var isRewritten = IsBareText(token.Shown) && !text.Span(at, token.Length).SequenceEqual(token.Shown);
        var shown = token.Shown;
        if (_shown.WouldMerge(shown, isRewritten))
        {
            bool? endsWord = isRewritten ? false : EndsWord(text, at);
            if (endsWord is null) return at;
            if (endsWord == false) shown = " " + shown;
        }

        _shown.Append(shown, leavesGap: isRewritten || shown.Length == 0);
        return at + token.Length;
    }

    // A space before a removed part is removed too.
    private MarkdownToken ReadToken(PendingText text, int at)
    {
        var space = text[at] == ' ' ? 1 : 0;
        if (space == 1 && text.MayContinueAfter(at)) return MarkdownToken.Incomplete;
        var token = at + space < text.Length ? _references.Read(text, at + space, _shown) : MarkdownToken.Plain;
        if (token.IsIncomplete) return token;
        if (token.IsPlain) return MarkdownToken.Of(1, text[at].ToString());
        return MarkdownToken.Of(token.Length + space, space == 1 && token.Shown.Length > 0 ? " " + token.Shown : token.Shown);
    }

    private static bool IsBareText(string shown) => shown.TrimStart(' ') is { Length: > 0 } text && text[0] is not ('[' or ']' or '<');

    // Whether only punctuation follows, up to a space or the end of the text. Null when more text is needed to decide.
    private static bool? EndsWord(PendingText text, int at)
    {
        const string Punctuation = ".,;:!?)]*_~\"'”“»…。，、；：！？）؟،";
        var end = at;
        while (end < text.Length && end - at < MaxPunctuation && Punctuation.Contains(text[end], StringComparison.Ordinal)) end++;
        return end < text.Length ? char.IsWhiteSpace(text[end]) : text.IsFinal ? true : null;
    }
}
