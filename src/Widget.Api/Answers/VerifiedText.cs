using System.Text;
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
    private readonly StringBuilder _pending = new();
    private string? _fence;
    private bool _doubtfulFences;
    private bool _endedInReturn;

    // Within a list of numbers that is too long to be held back, and is taken out.
    private bool _inNumbers;

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
        lines = lines.ReplaceLineEndings("\n");
        _pending.Append(lines);
        // Process a line of fenced code once it is complete, not after each fragment.
        return _fence is not null && !lines.Contains('\n', StringComparison.Ordinal) ? "" : Advance(final: false);
    }

    /// <summary>There is no more; returns the rest.</summary>
    public string Complete() => Advance(final: true);

    // The buffer is short, so that the work grows linearly with the text.
    private string Advance(bool final)
    {
        var text = _pending.ToString();
        var output = new StringBuilder();
        var (at, line) = (0, -2);
        while (at < text.Length)
        {
            if (_inNumbers && (at = AfterNumbers(text, at)) == text.Length) break;
            // The end of the line; -1 when it has not come.
            if (line != -1 && line < at) line = text.IndexOf('\n', at);
            var length = Code(text, at, line, final);
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

        _pending.Clear().Append(text, at, text.Length - at);
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
}
