namespace Widget.Api.Answers;

/// <summary>Text that has arrived but is not shown yet.</summary>
/// <param name="text">What has arrived.</param>
/// <param name="isFinal">Nothing more will arrive.</param>
internal sealed class PendingText(string text, bool isFinal)
{
    private const int NotSearched = -2;
    private int _lineEnd = NotSearched;

    public int Length => text.Length;

    public bool IsFinal => isFinal;

    public char this[int at] => text[at];

    public string this[Range range] => text[range];

    public ReadOnlySpan<char> Span(int at, int length) => text.AsSpan(at, length);

    /// <summary>Whether this is the last character that has arrived and more may come.</summary>
    public bool MayContinueAfter(int at) => at + 1 >= text.Length && !isFinal;

    /// <summary>The end of the line; -1 when it has not arrived. The result is cached, so call this with increasing positions.</summary>
    public int LineEnd(int at)
    {
        if (_lineEnd != -1 && _lineEnd < at) _lineEnd = text.IndexOf('\n', at);
        return _lineEnd;
    }

    /// <summary>The position after the run of equal characters that starts here.</summary>
    public int EndOfRun(int at)
    {
        var end = at;
        while (end < text.Length && text[end] == text[at]) end++;
        return end;
    }
}

/// <summary>The Markdown that begins at a position of the text, and what is shown of it.</summary>
internal readonly record struct MarkdownToken
{
    private MarkdownToken(int length, string shown) => (Length, Shown) = (length, shown);

    /// <summary>More text is needed to decide.</summary>
    public static MarkdownToken Incomplete { get; } = new(-1, "");

    /// <summary>Ordinary text that needs no check.</summary>
    public static MarkdownToken Plain { get; } = new(0, "");

    /// <summary>Characters that the token takes from the text.</summary>
    public int Length { get; }

    /// <summary>What is shown in their place.</summary>
    public string Shown { get; }

    public bool IsIncomplete => Length < 0;

    public bool IsPlain => Length == 0;

    public static MarkdownToken Of(int length, string shown) => new(length, shown);

    /// <summary>For text that ends too early to decide: ordinary text when nothing more will arrive, otherwise incomplete.</summary>
    public static MarkdownToken PlainOrIncomplete(bool isFinal) => isFinal ? Plain : Incomplete;
}
