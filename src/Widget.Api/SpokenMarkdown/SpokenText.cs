using System.Text;

namespace Widget.Api.SpokenMarkdown;

/// <summary>
/// Converts an answer's Markdown to text that a voice can read aloud, while the answer is being written. Each paragraph, heading, list item
/// and table row becomes a line.
/// </summary>
internal sealed class SpokenText
{
    private readonly SpokenMarkdownReader _reader = new();
    private bool _hasText;

    /// <summary>Adds text and returns what can be spoken now, which may be nothing.</summary>
    public string Append(string piece) => Render(_reader.Append(piece));

    /// <summary>Completes the answer and returns the rest.</summary>
    public string Complete() => Render(_reader.Complete());

    /// <summary>Converts a complete answer.</summary>
    public static string Of(string answer)
    {
        var spoken = new SpokenText();
        return spoken.Append(answer) + spoken.Complete();
    }

    private string Render(IEnumerable<SpokenLine> lines)
    {
        var output = new StringBuilder();
        foreach (var line in lines)
        {
            var end = line.Text.TrimEnd().Length;
            if (end <= _reader.UsedLength) continue;
            if (_hasText && _reader.UsedLength == 0) output.Append('\n');
            output.Append(line.Text.AsSpan(_reader.UsedLength, end - _reader.UsedLength));
            _reader.UsedLength = end;
            _hasText = true;
        }

        return output.ToString();
    }
}
