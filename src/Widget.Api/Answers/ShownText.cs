using System.Text;

namespace Widget.Api.Answers;

/// <summary>The verified text so far, and what is at its end: the start of a line, the start of a word, or a gap.</summary>
internal sealed class ShownText
{
    private readonly StringBuilder _text = new();
    private bool _isAtWordStart = true;

    public int Length => _text.Length;

    public bool IsAtLineStart { get; private set; } = true;

    /// <summary>Whether the current line has only spaces and list or quote markers so far.</summary>
    public bool HasOnlyMarkers { get; private set; } = true;

    /// <summary>Whether something was removed after the last character.</summary>
    public bool HasGap { get; private set; }

    public char Last { get; private set; } = '\n';

    /// <summary>Whether a text would merge with the word before it because the part between them was removed.</summary>
    public bool WouldMerge(string shown, bool isRewritten) =>
        shown.Length > 0 && (HasGap || isRewritten) && !_isAtWordStart && !char.IsWhiteSpace(shown[0]);

    /// <param name="shown">What to add; empty when something is removed.</param>
    /// <param name="leavesGap">Whether something was removed after it.</param>
    public void Append(string shown, bool leavesGap)
    {
        HasGap = leavesGap;
        _text.Append(shown);
        foreach (var character in shown) Track(character);
    }

    public void AppendCode(string code) => Append(HasGap && !_isAtWordStart ? " " + code : code, leavesGap: false);

    public override string ToString() => _text.ToString();

    public string ToString(int start) => _text.ToString(start, _text.Length - start);

    private void Track(char character)
    {
        Last = character;
        IsAtLineStart = character == '\n';
        var isSpace = char.IsWhiteSpace(character) || character == '\uFEFF';
        HasOnlyMarkers = IsAtLineStart || (HasOnlyMarkers && (isSpace || ">*+-.)0123456789".Contains(character, StringComparison.Ordinal)));
        _isAtWordStart = isSpace || (_isAtWordStart && "*_~(\"'“„«".Contains(character, StringComparison.Ordinal));
    }
}
