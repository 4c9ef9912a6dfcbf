namespace Widget.Api.Answers;

/// <summary>
/// Turns all line endings of a streamed text into line feeds. The widget would treat a carriage return as another line end.
/// </summary>
internal sealed class LineEndings
{
    private bool _endsWithReturn;

    public string Normalize(string piece)
    {
        // PostgreSQL cannot store U+0000.
        var lines = piece.Replace("\0", "", StringComparison.Ordinal);
        if (lines.Length == 0) return "";
        if (_endsWithReturn && lines[0] == '\n') lines = lines[1..];
        _endsWithReturn = lines.EndsWith('\r');
        return lines.ReplaceLineEndings("\n");
    }
}
