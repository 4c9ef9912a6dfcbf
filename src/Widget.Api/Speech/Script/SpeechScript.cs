using Widget.Api.SpokenMarkdown;

namespace Widget.Api.Speech.Script;

/// <summary>
/// Splits an answer into sentences to speak while it is being written. Headings, list items and table rows are separate sentences.
/// </summary>
internal sealed class SpeechScript
{
    private readonly SpokenMarkdownReader _reader = new();

    /// <summary>How many sentences were returned.</summary>
    public int Count { get; private set; }

    /// <summary>The answer so far.</summary>
    public string Text => _reader.Text;

    /// <summary>Adds text and returns the sentences that are complete now.</summary>
    public IReadOnlyList<ScriptSentence> Append(string more) => [.. Split(_reader.Append(more))];

    /// <summary>Completes the answer and returns the remaining sentences.</summary>
    public IReadOnlyList<ScriptSentence> Complete() => [.. Split(_reader.Complete())];

    private IEnumerable<ScriptSentence> Split(IEnumerable<SpokenLine> lines)
    {
        foreach (var line in lines)
        {
            var sentences = line.IsRow ? [(0, line.Text.Length)] : SpokenSentences.Of(line.Text, line.IsComplete);
            foreach (var (start, end) in sentences)
            {
                if (end <= _reader.UsedLength) continue;
                _reader.UsedLength = end;
                var text = line.Text[start..end];
                // Text without letters and digits is not spoken.
                if (text.Any(char.IsLetterOrDigit))
                    yield return new ScriptSentence(Count++, text, [.. line.Places.Skip(start).Take(end - start)]);
            }
        }
    }
}
